// The grammar of formulas, the algebra of their terms, and a caret for each mistake.
#include "evidence/formula.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

using namespace alongside::evidence;

namespace {

std::string terms_of_formula(const std::string& written) {
    const auto formula = parse_formula(written);
    if (!formula) return formula.error().sentence;
    std::string out = formula->has_intercept ? "1" : "0";
    for (const auto& term : formula->terms) out += " + " + term.text();
    return out;
}

// The sentence, and the offset of the caret.
std::pair<std::string, std::size_t> mistake_in(const std::string& written) {
    const auto formula = parse_formula(written);
    if (formula) return {"", 0};
    const auto& all = formula.error().sentence;
    const auto line = all.find("\n    ");
    const auto caret = all.rfind("\n    ");
    return {all.substr(13, line - 13), all.size() - caret - 6};
}

}  // namespace

// In R: attr(terms(formula), "term.labels") and attr(…, "intercept")
TEST(Formulas, AreWorkedOutAsRsTerms) {
    EXPECT_EQ(terms_of_formula("y ~ a*b + c"), "1 + a + b + c + a:b");
    EXPECT_EQ(terms_of_formula("y ~ b:a + a"), "1 + a + b:a");
    EXPECT_EQ(terms_of_formula("y ~ (a + b + c)^2"), "1 + a + b + c + a:b + a:c + b:c");
    EXPECT_EQ(terms_of_formula("y ~ (a + b + c)^3 - a:b:c - b"), "1 + a + c + a:b + a:c + b:c");
    EXPECT_EQ(terms_of_formula("y ~ a/b/c"), "1 + a + a:b + a:b:c");
    EXPECT_EQ(terms_of_formula("y ~ (a + b)/c"), "1 + a + b + a:b:c");
    EXPECT_EQ(terms_of_formula("y ~ a - 1"), "0 + a");
    EXPECT_EQ(terms_of_formula("y ~ 0 + a"), "0 + a");
    EXPECT_EQ(terms_of_formula("y ~ -1 + a + a"), "0 + a");
    EXPECT_EQ(terms_of_formula("y ~ 1"), "1");
    EXPECT_EQ(terms_of_formula("~ a:a"), "1 + a");
    EXPECT_EQ(terms_of_formula("y ~ `not a name` + I(a+1e5*b)"),
              "1 + `not a name` + I(a + 1e+05 * b)");
    EXPECT_EQ(terms_of_formula("y~relevel( factor(x),ref='b' )"),
              "1 + relevel(factor(x), ref = \"b\")");
    EXPECT_EQ(terms_of_formula("y ~ I(-x^2 / 2)"), "1 + I(-x^2/2)");
}

TEST(Formulas, SetApartWhatIsNoTerm) {
    const auto formula = parse_formula(
        "Surv(start, stop, e == 1) ~ a + strata(b, c) + cluster(id) + offset(log(t))");
    ASSERT_TRUE(formula) << formula.error().sentence;
    EXPECT_TRUE(formula->is_survival);
    EXPECT_EQ(formula->response.size(), 3U);
    EXPECT_EQ(formula->response_text, "Surv(start, stop, e == 1)");
    EXPECT_EQ(formula->terms.size(), 1U);
    EXPECT_EQ(formula->strata.size(), 2U);
    EXPECT_EQ(formula->cluster.at(0).text(), "id");
    EXPECT_EQ(formula->offsets.at(0).text(), "log(t)");
}

TEST(Formulas, ShowWhereTheMistakeIs) {
    using Mistake = std::pair<std::string, std::size_t>;
    EXPECT_EQ(mistake_in("Surv(week, arrest ~ fin"),
              Mistake("this parenthesis is never closed", 4));
    EXPECT_EQ(mistake_in("y ~ a + + "), Mistake("something is missing here", 10));
    EXPECT_EQ(mistake_in("y ~ a b"), Mistake("an operator is missing before this (+, *, :)", 6));
    EXPECT_EQ(mistake_in("y ~ a)"), Mistake("a closing parenthesis that nothing opened", 5));
    EXPECT_EQ(mistake_in("y ~ a ~ b"), Mistake("a second ~", 6));
    EXPECT_EQ(mistake_in("y ~ "), Mistake("nothing stands after the ~ (write 1 for none)", 4));
    EXPECT_EQ(mistake_in("y + a"), Mistake("no ~: write \"outcome ~ what may explain it\"", 5));
    EXPECT_EQ(mistake_in(""), Mistake("it is empty: write \"outcome ~ what may explain it\"", 0));
    EXPECT_EQ(mistake_in("y ~ `a"), Mistake("this quote never ends", 4));
    EXPECT_EQ(mistake_in("y ~ 2nd").second, 4U);
    EXPECT_EQ(mistake_in("y ~ lgo(x)").first.substr(0, 51),
              "there is no function lgo(): did you mean log()?. Th");
    EXPECT_EQ(mistake_in("y ~ sqrt(a, b)"), Mistake("sqrt() takes 1 argument, not 2", 4));
    EXPECT_EQ(mistake_in("y ~ 2*a").first, "a number can't be multiplied here: write I(2 * x)");
    EXPECT_EQ(mistake_in("y ~ a^b").second, 6U);
    EXPECT_EQ(mistake_in("y ~ a:offset(b)").second, 6U);
    EXPECT_EQ(mistake_in("y ~ é + )"), Mistake("something is missing here", 8));   // letters
    EXPECT_EQ(mistake_in("y ~ (a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t)^20").first,
              "more terms than can be reckoned");
}

RC_GTEST_PROP(Formulas, NeverCrash, ()) {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "~", "a", "b", "log(", "Surv(", "I(", ")", "(", "+", "-", "*", ":", "^", "/", "2", "0", ",",
        "\"w\"", "`c`", "%in%", "==", "=", ".", " ", "strata(", "offset(", "poly(", "é"));
    std::string written;
    for (const auto& piece : pieces) written += piece;
    const auto formula = parse_formula(written);
    RC_ASSERT(formula.has_value() || !formula.error().sentence.empty());
}

// What a formula is printed as means the same.
RC_GTEST_PROP(Formulas, AreReadAgainAsTheyArePrinted, ()) {
    const auto names = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("a", "b:c", "I(a + 2)", "log(b)", "factor(`x y`)", "a*d",
                                      "poly(a, 2, raw = TRUE)", "I(a > 1 & b <= -2)")));
    std::string written = "y ~ 1";
    for (const auto& name : names) written += " + " + name;
    const auto first = terms_of_formula(written);
    RC_ASSERT(terms_of_formula("y ~ " + first) == first);
}
