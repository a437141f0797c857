def number(cell):
    """The number of a cell; None where it holds none."""
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def scaled(value, mean, sd):
    """A feature standardised by the training rows; one that was constant there only loses its mean."""
    return (value - mean) / sd if sd > 0 else value - mean


def same(cell, level):
    """Whether a cell means the word that a term counts."""
    left, right = number(cell), number(level)
    if left is not None and right is not None:
        return left == right
    return cell.strip().lower() == level.strip().lower()


def needed(row, name):
    value = number(row.get(name))
    if value is None:
        raise ValueError(f"{name}: {row.get(name, 'not given')!r} is no finite number")
    return value


def value_of(term, score, row):
    """What a term stands for in a case."""
    if term["kind"] == "radscore":
        return score
    if term["kind"] == "feature":
        return scaled(needed(row, term["name"]), term["mean"], term["sd"])
    if number(row.get(term["name"])) is None and term["level"] is not None:
        cell = row.get(term["column"])
        if cell is None or str(cell).strip() == "":
            raise ValueError(f"{term['column']} is not given")
        return 1.0 if same(str(cell), term["level"]) else 0.0
    return needed(row, term["name"])


def predict(row):
    """The Rad-score, the linear predictor and the risk of a case: a dictionary of cells by column."""
    score = MODEL["score_intercept"]
    for feature in MODEL["features"]:
        score += feature["coefficient"] * scaled(needed(row, feature["name"]), feature["mean"], feature["sd"])
    linear_predictor = MODEL["intercept"]
    for term in MODEL["terms"]:
        linear_predictor += term["coefficient"] * value_of(term, score, row)
    if linear_predictor < -700:  # exp() of more than 709 is no double
        return score, linear_predictor, math.exp(linear_predictor)
    return score, linear_predictor, 1 / (1 + math.exp(-linear_predictor))


def outside(row):
    """The values that no training row reaches."""
    found = []
    for known in MODEL["ranges"]:
        value = number(row.get(known["name"]))
        slack = 1e-6 * abs(known["upper"] - known["lower"])
        if value is not None and not known["lower"] - slack <= value <= known["upper"] + slack:
            found.append(f"{known['name']} {value:g} ({known['lower']:g} to {known['upper']:g})")
    return found


def check():
    """Whether the made-up cases of the model's file have the risks that it says."""
    for example in MODEL["examples"]:
        risk = predict(example["values"])[2]
        if abs(risk - example["risk"]) > 1e-12:
            sys.exit(f"{example['name']}: the risk is {risk!r}, but the model's file says {example['risk']!r}")


def unknown_words(rows):
    """A word that the model counts and no row has: the table may write it in another way."""
    for term in MODEL["terms"]:
        if term["kind"] != "clinical" or term["level"] is None or any(term["name"] in row for row in rows):
            continue
        words = sorted({str(row.get(term["column"], "")) for row in rows})
        if not any(same(word, term["level"]) for word in words):
            sys.exit(f"no row has {term['level']!r} in {term['column']!r}, but {', '.join(words[:6])}")


def main():
    check()
    if len(sys.argv) < 2:
        print(f"{MODEL['name']}: {len(MODEL['examples'])} made-up cases have their risks")
        return 0
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    unknown_words(rows)
    output = csv.writer(sys.stdout, lineterminator="\n")
    output.writerow(["id", "radscore", "linear_predictor", "risk", "positive", "error", "outside_training"])
    failed = False
    for at, row in enumerate(rows, 1):
        name = row.get("id", f"row{at}")
        try:
            score, linear_predictor, risk = predict(row)
        except ValueError as error:
            failed = True
            output.writerow([name, "", "", "", "", error, ""])
            continue
        positive = "" if MODEL["cutoff"] is None else str(risk >= MODEL["cutoff"]).lower()
        output.writerow([name, repr(score), repr(linear_predictor), repr(risk), positive, "", "; ".join(outside(row))])
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough, as head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
