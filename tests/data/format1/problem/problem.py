"""How far the numbers of letters and digits in a program are from given ones."""

WANTED = (("x", 3), ("y", 2), ("1", 1), ("-", 2))


def evaluate(phenotype: str) -> dict[str, object]:
    cases = [abs(phenotype.count(letter) - number) for letter, number in WANTED]
    return {"error": sum(cases) / 4, "cases": cases, "length": len(phenotype)}
