//! glmnet paths. `*_tight` goldens against the exact solver, coefficient by coefficient; those at a looser threshold against
//! our run with that threshold (penalties, length of path), and by the objective, which our exact solution must not exceed.

use ndarray::{Array1, Array2};
use radscore::stats::regression::lasso::{self, Coefficients, Family, LassoPath, LassoSettings};
use serde_json::Value;

use crate::golden::{Golden, all_near, indices, near, number, numbers};

/// Below this threshold a golden counts as exact.
const TIGHT: f64 = 1e-20;

/// The table, outcome, weights and settings that a case names.
pub struct Case {
    pub x: Array2<f64>,
    pub y: Array1<f64>,
    pub weights: Option<Array1<f64>>,
    pub settings: LassoSettings,
    /// R's threshold
    pub threshold: f64,
}

impl Case {
    pub fn read(golden: &Golden, case: &Value) -> Self {
        let data = case["data"].as_str().unwrap();
        let args = &case["args"];
        let weights = match args.get("weights") {
            None => None,
            Some(Value::Array(_)) => Some(Array1::from(numbers(&args["weights"]))),
            Some(_) => Some(golden.column(data, "w")),
        };
        let threshold = args.get("thresh").map_or(1e-7, number);
        let settings = LassoSettings {
            family: family(&case["family"]),
            alpha: args.get("alpha").map_or(1.0, number),
            standardize: args.get("standardize").is_none_or(|value| value.as_bool().unwrap()),
            intercept: args.get("intercept").is_none_or(|value| value.as_bool().unwrap()),
            lambda_count: args.get("nlambda").map_or(100, |value| number(value) as usize),
            lambda_min_ratio: args.get("lambda.min.ratio").map(number),
            lambda: args.get("lambda").map(numbers),
            penalty_factors: args.get("penalty.factor").map(numbers),
            threshold: None,
            maximum_passes: args.get("maxit").map_or(100_000, |value| number(value) as usize),
            end_where_exhausted: false,
        };
        let known = [
            "weights",
            "thresh",
            "alpha",
            "standardize",
            "intercept",
            "nlambda",
            "lambda.min.ratio",
            "lambda",
            "penalty.factor",
            "maxit",
            "grouped",
            "alignment",
        ];
        if let Some(args) = args.as_object() {
            for name in args.keys() {
                assert!(
                    known.contains(&name.as_str()),
                    "this check does not know the argument {name}"
                );
            }
        }
        Self {
            x: golden.features(data),
            y: golden.column(data, case["y"].as_str().unwrap()),
            weights,
            settings,
            threshold,
        }
    }

    /// Whether the golden is an exact solution.
    pub fn is_tight(&self) -> bool {
        self.threshold <= TIGHT
    }

    /// Our settings that do what the golden's run did.
    pub fn like_golden(&self) -> LassoSettings {
        LassoSettings {
            threshold: (!self.is_tight()).then_some(self.threshold),
            ..self.settings.clone()
        }
    }

    fn fit(&self, settings: &LassoSettings) -> LassoPath {
        lasso::fit(
            self.x.view(),
            self.y.view(),
            self.weights.as_ref().map(|weights| weights.view()),
            settings,
        )
        .unwrap()
    }

    /// glmnet's objective on the scale of the table.
    fn objective(&self, beta: &Coefficients, lambda: f64) -> f64 {
        let (n, p) = self.x.dim();
        let raw = self.weights.clone().unwrap_or_else(|| Array1::ones(n));
        let weights = &raw / raw.sum();
        let link = beta.linear_predictor(self.x.view());
        let spread = |column: &Array1<f64>| {
            let mean = (&weights * column).sum();
            (&weights * &column.mapv(|value| (value - mean) * (value - mean)))
                .sum()
                .sqrt()
        };
        let (loss, ridge) = match self.settings.family {
            Family::Gaussian => {
                let squares: f64 = (0..n)
                    .map(|i| weights[i] * (self.y[i] - link[i]) * (self.y[i] - link[i]))
                    .sum();
                let scale = if self.settings.intercept {
                    spread(&self.y)
                } else {
                    (&weights * &(&self.y * &self.y)).sum().sqrt()
                };
                (0.5 * squares, 1.0 / scale)
            }
            Family::Binomial => {
                let loss: f64 = (0..n)
                    .map(|i| weights[i] * (link[i].max(0.0) - self.y[i] * link[i] + (-link[i].abs()).exp().ln_1p()))
                    .sum();
                (loss, 1.0)
            }
        };
        let factors = self.settings.penalty_factors.clone().unwrap_or_else(|| vec![1.0; p]);
        let total: f64 = factors.iter().sum();
        let penalty: f64 = beta
            .index
            .iter()
            .zip(&beta.value)
            .map(|(j, value)| {
                let scale = if self.settings.standardize {
                    spread(&self.x.column(*j).to_owned())
                } else {
                    1.0
                };
                let b = value * scale;
                let alpha = self.settings.alpha;
                factors[*j] * p as f64 / total * (alpha * b.abs() + 0.5 * (1.0 - alpha) * b * b * ridge)
            })
            .sum();
        loss + lambda * penalty
    }
}

pub fn family(value: &Value) -> Family {
    match value.as_str().unwrap() {
        "gaussian" => Family::Gaussian,
        "binomial" => Family::Binomial,
        other => panic!("unknown family {other}"),
    }
}

fn expected_coefficients(expected: &Value, at: usize) -> Coefficients {
    Coefficients {
        intercept: number(&expected["a0"][at]),
        index: indices(&expected["beta_index0"][at]),
        value: numbers(&expected["beta_value"][at]),
    }
}

pub fn check(golden: &Golden, file: &str) {
    for json in golden.expected(file)["cases"].as_array().unwrap() {
        let id = json["id"].as_str().unwrap();
        let case = Case::read(golden, json);
        assert!(json["error"].is_null(), "{id}: the golden is an error");
        let expected = &json["expected"];
        let lambda = numbers(&expected["lambda"]);
        let like = case.fit(&case.like_golden());
        all_near(&format!("{id} lambda"), &like.lambda, &lambda, 1e-12, 0.0);
        near(
            &format!("{id} nulldev"),
            like.nulldev,
            number(&expected["nulldev"]),
            1e-12,
            0.0,
        );
        let exact = if case.is_tight() {
            like.clone()
        } else {
            case.fit(&case.settings)
        };
        assert!(
            exact.largest_violation() <= 1e-10,
            "{id}: KKT violation {}",
            exact.largest_violation()
        );
        if case.is_tight() {
            compare_tightly(id, &like, expected);
        } else {
            compare_by_objective(json, &case, &like, &exact);
        }
    }
}

fn compare_tightly(id: &str, path: &LassoPath, expected: &Value) {
    all_near(
        &format!("{id} dev_ratio"),
        &path.dev_ratio,
        &numbers(&expected["dev_ratio"]),
        0.0,
        1e-9,
    );
    for at in 0..path.lambda.len() {
        let golden = expected_coefficients(expected, at);
        let largest = golden
            .value
            .iter()
            .fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let what = format!("{id} at lambda {at}");
        // The intercept gathers coefficient times mean, so its own size counts too.
        near(
            &format!("{what}, a0"),
            path.a0[at],
            golden.intercept,
            1e-7,
            1e-7 * largest,
        );
        let mut union: Vec<usize> = golden.index.iter().chain(&path.beta[at].index).copied().collect();
        union.sort_unstable();
        union.dedup();
        for j in union {
            near(
                &format!("{what}, beta {j}"),
                path.beta[at].of(j),
                golden.of(j),
                0.0,
                1e-7 * largest,
            );
        }
        let ours = path.beta[at].value.iter().filter(|value| value.abs() >= 1e-9).count();
        let theirs = golden.value.iter().filter(|value| value.abs() >= 1e-9).count();
        let tiny = path.beta[at]
            .value
            .iter()
            .chain(&golden.value)
            .any(|value| value.abs() < 1e-9);
        assert!(ours == theirs || tiny, "{what}: df {ours} is not {theirs}");
        if !tiny {
            assert_eq!(path.df[at], number(&expected["df"][at]) as usize, "{what}: df");
        }
    }
}

fn compare_by_objective(json: &Value, case: &Case, like: &LassoPath, exact: &LassoPath) {
    let (id, expected) = (json["id"].as_str().unwrap(), &json["expected"]);
    let theirs = numbers(&expected["lambda"]).len();
    let mut worst = 0.0_f64;
    for at in 0..theirs {
        let golden = expected_coefficients(expected, at);
        let lambda = like.lambda[at];
        let target = case.objective(&golden, lambda);
        // The exact path may end a penalty earlier or later, since the explained part decides that.
        if at < exact.lambda.len() {
            near(&format!("{id} exact lambda {at}"), exact.lambda[at], lambda, 1e-12, 0.0);
            let ours = case.objective(&exact.beta[at], lambda);
            assert!(
                ours <= target + 1e-12,
                "{id}: the objective at lambda {at} is {ours}, above R's {target}"
            );
        }
        // The same stopping rule comes as near to the optimum.
        let ours = case.objective(&like.beta[at], lambda);
        let largest = golden
            .value
            .iter()
            .fold(0.0_f64, |largest, value| largest.max(value.abs()));
        for j in 0..case.x.ncols() {
            worst = worst.max((like.beta[at].of(j) - golden.of(j)).abs() / largest.max(f64::MIN_POSITIVE));
        }
        near(&format!("{id} objective at lambda {at}"), ours, target, 0.0, 1e-9);
        for (j, column) in case.x.columns().into_iter().enumerate() {
            if column.iter().all(|value| *value == column[0]) {
                assert_eq!(
                    (exact.beta.get(at).map_or(0.0, |beta| beta.of(j)), like.beta[at].of(j)),
                    (0.0, 0.0)
                );
            }
        }
        assert!(like.beta[at].value.iter().all(|value| value.is_finite()), "{id}");
    }
    // Where columns are combinations of others, coefficients are not unique and the rule may stop at another point.
    let unique = !json["note"].as_str().is_some_and(|note| note.contains("collinear"));
    if unique {
        assert!(
            worst <= 1e-9,
            "{id}: coefficients by R's threshold differ by {worst:e} of the largest"
        );
    }
    let slack = if unique {
        1e-9
    } else {
        (10.0 * case.threshold).max(1e-9)
    };
    all_near(
        &format!("{id} dev_ratio"),
        &like.dev_ratio,
        &numbers(&expected["dev_ratio"]),
        0.0,
        slack,
    );
}

pub fn check_predictions(golden: &Golden, file: &str) {
    let json = golden.expected(file);
    for (name, case) in json.as_object().unwrap() {
        let data = case["data"].as_str().unwrap();
        let x = golden.features(data);
        let settings = LassoSettings {
            family: family(&Value::from(name.as_str())),
            ..LassoSettings::default()
        };
        let y = golden.column(
            data,
            if settings.family == Family::Gaussian {
                "y_num"
            } else {
                "y_bin"
            },
        );
        let path = lasso::fit(x.view(), y.view(), None, &settings).unwrap();
        let rows = x.select(ndarray::Axis(0), &indices(&case["rows0"]));
        for (at, s) in numbers(&case["s"]).into_iter().enumerate() {
            let link = path.predict_link(rows.view(), s);
            let response = path.predict_response(rows.view(), s);
            for row in 0..rows.nrows() {
                let what = format!("{name}, row {row}, s {at}");
                near(&what, link[row], number(&case["link_interpolated"][row][at]), 0.0, 1e-8);
                near(
                    &what,
                    response[row],
                    number(&case["response_interpolated"][row][at]),
                    0.0,
                    1e-8,
                );
            }
        }
        for (at, s) in numbers(&case["s_exact"]).into_iter().enumerate() {
            let exact = lasso::coefficients_exact(x.view(), y.view(), None, &settings, s).unwrap();
            for (row, link) in exact.linear_predictor(rows.view()).into_iter().enumerate() {
                near(
                    &format!("{name}, row {row}, exact s {at}"),
                    link,
                    number(&case["link_exact"][row][at]),
                    0.0,
                    1e-8,
                );
            }
        }
        let second = path.coefficients(number(&case["s"][1]));
        let expected = &case["coef_interpolated_s2"];
        near(
            &format!("{name} intercept"),
            second.intercept,
            number(&expected["intercept"]),
            0.0,
            1e-8,
        );
        assert_eq!(second.index, indices(&expected["index0"]));
        let largest = second
            .value
            .iter()
            .fold(1.0_f64, |largest, value| largest.max(value.abs()));
        all_near(
            &format!("{name} coefficients"),
            &second.value,
            &numbers(&expected["value"]),
            0.0,
            1e-8 * largest,
        );
    }
}
