// SPDX-License-Identifier: MIT
// Rust, whose functions are in namespaces and types, with iterators and closures to inline.
use std::collections::HashMap;

trait Shape {
    fn area(&self) -> f64;
}

struct Square(f64);

impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

#[inline(never)]
fn group(shapes: &[Box<dyn Shape>]) -> HashMap<u64, Vec<f64>> {
    let mut groups: HashMap<u64, Vec<f64>> = HashMap::new();
    for area in shapes.iter().map(|shape| shape.area()).filter(|area| *area > 1.0) {
        groups.entry(area as u64 % 7).or_default().push(area);
    }
    groups
}

fn main() {
    let count = std::env::args().count();
    let shapes: Vec<Box<dyn Shape>> = (0..count * 40)
        .map(|side| Box::new(Square(side as f64)) as Box<dyn Shape>)
        .collect();
    let mut groups: Vec<_> = group(&shapes).into_iter().collect();
    groups.sort_by(|a, b| a.1.len().cmp(&b.1.len()).then(a.0.cmp(&b.0)));
    for (key, areas) in &groups {
        println!("{key}: {:?}", areas.iter().copied().fold(0.0, f64::max));
    }
}
