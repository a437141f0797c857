//! The second largest eigenvalue of the matrix behind GLCM's maximal correlation coefficient, without forming it.
//!
//! `Q(i, j) = sum_k p(i, k) p(j, k) / (p_x(i) p_y(k) + eps)` is similar to `A A^T` with
//! `A(i, k) = p(i, k) / sqrt(p_x(i) p_y(k) + eps)`, which is symmetric and positive semi-definite. Its largest eigenvalue
//! is 1 with the vector `sqrt(p_x)`, so the wanted one is the largest of `B B^T`, `B = A - sqrt(p_x) sqrt(p_y)^T`. Lanczos'
//! method with full reorthogonalisation finds it from products with the cells that are not 0.

/// Rank, rank, probability; the marginals are indexed by rank.
pub fn second_eigenvalue(cells: &[(u32, u32, f64)], marginal_x: &[f64], marginal_y: &[f64]) -> f64 {
    let operator = Operator::new(cells, marginal_x, marginal_y);
    let size = marginal_x.iter().filter(|&&p| p > 0.0).count();
    if size < 2 {
        return 0.0;
    }
    largest_eigenvalue(&operator, size)
}

struct Operator {
    cells: Vec<(u32, u32, f64)>,
    root_x: Vec<f64>,
    root_y: Vec<f64>,
}

impl Operator {
    fn new(cells: &[(u32, u32, f64)], marginal_x: &[f64], marginal_y: &[f64]) -> Self {
        let root = |marginal: &[f64]| marginal.iter().map(|p| p.sqrt()).collect();
        Self {
            cells: cells
                .iter()
                .map(|&(i, k, p)| {
                    let scale = (marginal_x[i as usize] * marginal_y[k as usize] + f64::EPSILON).sqrt();
                    (i, k, p / scale)
                })
                .collect(),
            root_x: root(marginal_x),
            root_y: root(marginal_y),
        }
    }

    /// `B B^T v`
    fn apply(&self, vector: &[f64]) -> Vec<f64> {
        let along = dot(&self.root_x, vector);
        let mut middle: Vec<f64> = self.root_y.iter().map(|root| -root * along).collect();
        for &(i, k, a) in &self.cells {
            middle[k as usize] += a * vector[i as usize];
        }
        let along = dot(&self.root_y, &middle);
        let mut result: Vec<f64> = self.root_x.iter().map(|root| -root * along).collect();
        for &(i, k, a) in &self.cells {
            result[i as usize] += a * middle[k as usize];
        }
        result
    }

    /// A fixed vector without a pattern, 0 where the marginal is.
    fn start(&self) -> Vec<f64> {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        self.root_x
            .iter()
            .map(|&root| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                if root > 0.0 {
                    0.5 + (state >> 40) as f64 / (1u64 << 24) as f64
                } else {
                    0.0
                }
            })
            .enumerate()
            .map(|(index, value)| if index % 2 == 0 { value } else { -value })
            .collect()
    }
}

fn largest_eigenvalue(operator: &Operator, size: usize) -> f64 {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut vector = operator.start();
    orthogonalise(&mut vector, std::slice::from_ref(&operator.root_x));
    let norm = dot(&vector, &vector).sqrt();
    if norm == 0.0 {
        return 0.0;
    }
    for value in &mut vector {
        *value /= norm;
    }
    let mut best = 0.0;
    for step in 1..=size {
        let mut next = operator.apply(&vector);
        diagonal.push(dot(&vector, &next));
        basis.push(vector);
        // Twice is enough to be orthogonal to rounding.
        orthogonalise(&mut next, &basis);
        orthogonalise(&mut next, &basis);
        let length = dot(&next, &next).sqrt();
        let done = step == size || length <= 1e-14;
        if done || step % 4 == 0 {
            let (value, last) = largest_of_tridiagonal(&diagonal, &beside);
            best = value;
            if done || (length * last.abs()) * (length * last.abs()) <= 1e-15 * value * gap_guard(step) {
                break;
            }
        }
        beside.push(length);
        vector = next.into_iter().map(|value| value / length).collect();
    }
    best.max(0.0)
}

/// The error of a Ritz value is at most the residual, and about its square over the gap to the next eigenvalue; a small
/// factor stands for a gap that is not known, smaller in the first steps.
fn gap_guard(step: usize) -> f64 {
    if step < 8 { 1e-6 } else { 1e-4 }
}

fn orthogonalise(vector: &mut [f64], basis: &[Vec<f64>]) {
    for other in basis {
        let along = dot(vector, other);
        for (value, part) in vector.iter_mut().zip(other) {
            *value -= along * part;
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The largest eigenvalue of a symmetric tridiagonal matrix by bisection, and the last component of its unit vector.
fn largest_of_tridiagonal(diagonal: &[f64], beside: &[f64]) -> (f64, f64) {
    let size = diagonal.len();
    let off = |index: usize| if index < size - 1 { beside[index].abs() } else { 0.0 };
    let mut high = f64::MIN;
    let mut low = f64::MIN;
    for index in 0..size {
        let before = if index > 0 { off(index - 1) } else { 0.0 };
        high = high.max(diagonal[index] + before + off(index));
        low = low.max(diagonal[index]);
    }
    // Is every eigenvalue below x? The pivots of T - x must all be negative.
    let all_below = |x: f64| {
        let mut pivot = diagonal[0] - x;
        for index in 1..size {
            if pivot >= 0.0 {
                return false;
            }
            pivot = diagonal[index] - x - beside[index - 1] * beside[index - 1] / pivot;
        }
        pivot < 0.0
    };
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if all_below(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    let value = 0.5 * (low + high);
    // The vector by the three-term recurrence from the end, where its components are smallest, and so without loss.
    let mut components = vec![1.0; size];
    for index in (1..size).rev() {
        let after = if index + 1 < size {
            beside[index] * components[index + 1]
        } else {
            0.0
        };
        let coupling = beside[index - 1];
        components[index - 1] = if coupling == 0.0 {
            0.0
        } else {
            ((value - diagonal[index]) * components[index] - after) / coupling
        };
        let largest = components[index - 1].abs();
        if largest > 1e100 {
            for component in &mut components[index - 1..] {
                *component /= largest;
            }
        }
    }
    let norm = dot(&components, &components).sqrt();
    (value, components[size - 1] / norm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marginals(cells: &[(u32, u32, f64)], size: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut x, mut y) = (vec![0.0; size], vec![0.0; size]);
        for &(i, j, p) in cells {
            x[i as usize] += p;
            y[j as usize] += p;
        }
        (x, y)
    }

    /// Jacobi's method on the full symmetric matrix.
    fn eigenvalues(mut a: Vec<Vec<f64>>) -> Vec<f64> {
        let n = a.len();
        for _ in 0..100 {
            for p in 0..n {
                for q in p + 1..n {
                    if a[p][q].abs() < 1e-300 {
                        continue;
                    }
                    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                    let (c, s) = (1.0 / (t * t + 1.0).sqrt(), t / (t * t + 1.0).sqrt());
                    for k in 0..n {
                        let (x, y) = (a[k][p], a[k][q]);
                        a[k][p] = c * x - s * y;
                        a[k][q] = s * x + c * y;
                    }
                    for k in 0..n {
                        let (x, y) = (a[p][k], a[q][k]);
                        a[p][k] = c * x - s * y;
                        a[q][k] = s * x + c * y;
                    }
                }
            }
        }
        let mut values: Vec<f64> = (0..n).map(|k| a[k][k]).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    #[test]
    fn it_is_the_second_eigenvalue_of_the_full_matrix() {
        for size in [2usize, 3, 5, 12, 40] {
            let mut cells = Vec::new();
            for i in 0..size as u32 {
                for j in 0..size as u32 {
                    let near = 1.0 / (1.0 + f64::from(i.abs_diff(j)).powi(2));
                    let noise = f64::from((i * 31 + j * 17 + i * j) % 7);
                    if noise > 1.0 {
                        cells.push((i, j, near * noise));
                    }
                }
            }
            let total: f64 = cells.iter().map(|cell| cell.2).sum();
            for cell in &mut cells {
                cell.2 /= total;
            }
            let (x, y) = marginals(&cells, size);
            let operator = Operator::new(&cells, &x, &y);
            let mut full = vec![vec![0.0; size]; size];
            for &(i, k, a) in &operator.cells {
                for &(j, l, b) in &operator.cells {
                    if k == l {
                        full[i as usize][j as usize] += a * b;
                    }
                }
            }
            let expected = eigenvalues(full)[size - 2];
            let found = second_eigenvalue(&cells, &x, &y);
            assert!((found - expected).abs() < 1e-12, "{size}: {found} {expected}");
        }
    }

    #[test]
    fn levels_that_never_meet_have_a_second_eigenvalue_of_one() {
        let cells = [(0, 0, 0.5), (1, 1, 0.5)];
        let (x, y) = marginals(&cells, 2);
        assert!((second_eigenvalue(&cells, &x, &y) - 1.0).abs() < 1e-14);
    }
}
