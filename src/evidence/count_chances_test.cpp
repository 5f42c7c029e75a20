// Chances of counts against 40 digits of arithmetic: where sums of log factorials lose theirs.
#include <gtest/gtest.h>

#include <cmath>

#include "evidence/count_chances.h"

namespace alongside::evidence {
namespace {

void close(double ours, double wanted) {
    EXPECT_NEAR(ours, wanted, 3e-14 * std::abs(wanted) + 1e-24) << wanted;
}

TEST(CountChances, of_poisson_counts_keep_their_digits) {
    close(log_poisson(0, 2.5), -2.5);
    close(log_poisson(3, 2.5), -1.54288727360558981);
    close(log_poisson(15, 14.25), -2.29791778312099858);
    close(log_poisson(16, 20.5), -2.84506192777087289);
    close(log_poisson(200, 1.5), -783.638965570772597);
    close(log_poisson(485165195, 485165195.5), -10.9189385332117594);
    close(log_poisson(1e15, 1e15 + 1e8), -23.1883263973267071);
}

TEST(CountChances, of_binomial_counts_keep_their_digits) {
    close(log_binomial(0, 9, .25), -2.58913865206602835);
    close(log_binomial(9, 9, .25), -12.4766492500790156);
    close(log_binomial(3, 9, .25), -1.45415871922704381);
    close(log_binomial(20, 41, .5), -2.10057798072644751);
    close(log_binomial(5e8, 1e9, .5), -10.587424271367933);
    close(log_binomial(250000001, 1e9, .25), -10.4435832392531536);
    close(log_binomial(3, 1e9, 0x1p-28), -1.57161542264916459);
}

TEST(CountChances, of_negative_binomial_counts_keep_their_digits) {
    close(log_negative_binomial(0, 3.5, .0625), -0.252690704239659384);
    close(log_negative_binomial(7, 3.5, .0625), -4.94478155397456715);
    close(log_negative_binomial(7, 3.5, 1e8), -3.25582055534784002);
    close(log_negative_binomial(485000000, 480000000, 5000), -16.9294185667362753);
    close(log_negative_binomial(485000000, 1000, .0625), -30333.6471116041073);
    close(log_negative_binomial(1, 1e8, 2), -34.7619200062248944);
    close(log_negative_binomial(30, 28.5, 1e9), -2.66111374446701894);
}

TEST(CountChances, deviances_are_of_what_lies_between_seen_and_expected) {
    close(half_deviance(0, 2.5), 2.5);
    close(half_deviance(16, 20.5), 0.534621377526699892);
    close(half_deviance(1e12 + 5, 1e12), 1.24999999999791667e-11);
    close(half_deviance(1e15, 1e15 + 1e8), 4.99999966666669167);
    close(half_deviance(0, 1e8, .001), 0.025328436022944503);
    close(half_deviance(7, 3.5, .0625), 0.0189033733452223446);
    close(half_deviance(485000000, 1000, .0625), 30310.6720337380549);
    close(half_deviance(1, 1e8, 2), 33.5455246819004013);
    close(half_deviance(30, 28.5, 1e9), 0.0387988305015160354);
}

}  // namespace
}  // namespace alongside::evidence
