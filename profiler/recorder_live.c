/* SPDX-License-Identifier: MIT */
/* A recording without a file: its steps, and what can be asked meanwhile. */
#include "profiler/recorder_state.h"

#include <sys/epoll.h>

struct recorder_step recorder_step(struct recorder *recorder, int wait_ms)
{
	recorder_make_round(recorder, wait_ms);
	return (struct recorder_step){ .has_input = recorder->has_input,
				       .is_over = recorder_is_over(recorder) };
}

void recorder_stop(struct recorder *recorder, struct recorder_result *result)
{
	recorder_drain_last(recorder);
	session_finish(recorder->session);
	recorder_wait_for_command(recorder);
	recorder->result.lost = session_counts(recorder->session).lost;
	*result = recorder->result;
}

bool recorder_watch_input(struct recorder *recorder, int fd)
{
	struct epoll_event readable = { .events = EPOLLIN, .data.fd = EPOLL_INPUT };

	return epoll_ctl(recorder->epoll_fd, EPOLL_CTL_ADD, fd, &readable) == 0;
}

struct session *recorder_session(const struct recorder *recorder)
{
	return recorder->session;
}

struct recorder_figures recorder_figures(const struct recorder *recorder)
{
	return (struct recorder_figures){ .rate_asked_hz = recorder->how.rate_hz,
					  .started_ns = recorder->started_ns,
					  .ended_ns = recorder->ended_ns };
}

const char *recorder_event_name(const struct recorder *recorder, size_t number)
{
	/* The last is the side band. */
	return number + 1 < recorder->sampling.event_count ? recorder->sampling.events[number].name
							   : NULL;
}
