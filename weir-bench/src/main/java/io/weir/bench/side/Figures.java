package io.weir.bench.side;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** The figures of one proxy in one case, one a round, smaller is better. */
final class Figures {
    private final List<Double> values = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> tails = new ArrayList<>();
    private long errors;
    private String remark = "";

    void add(double figure) {
        values.add(figure);
    }

    /** What stands next to the figure: units done a second. */
    void rate(double perSecond) {
        rates.add(perSecond);
    }

    /** The 99th percentile of the latency in ms, of tools that tell it (h2load does not). */
    void tail(double p99Millis) {
        tails.add(p99Millis);
    }

    void errors(long count) {
        errors += count;
    }

    void remark(String text) {
        remark = text;
    }

    String remark() {
        return remark;
    }

    long errors() {
        return errors;
    }

    List<Double> values() {
        return values;
    }

    boolean empty() {
        return values.isEmpty();
    }

    double median() {
        return median(values);
    }

    /** "18.0 (17.1–19.4)". */
    String text() {
        return empty() ? "–" : spread(values, decimals(median()));
    }

    String rate() {
        return rates.isEmpty() ? "–" : spread(rates, decimals(median(rates)));
    }

    String tail() {
        return tails.isEmpty() ? "–" : spread(tails, 2);
    }

    /** The median of the ratios of each round, with minimum and maximum. */
    String ratioTo(Figures other) {
        int rounds = Math.min(values.size(), other.values.size());
        if (rounds == 0) {
            return "–";
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            ratios.add(values.get(round) / other.values.get(round));
        }
        return spread(ratios, 2) + "×";
    }

    private static String spread(List<Double> values, int decimals) {
        List<Double> sorted = values.stream().sorted().toList();
        String middle = number(median(values), decimals);
        return sorted.size() == 1
                ? middle
                : middle + " (" + number(sorted.getFirst(), decimals) + "–" + number(sorted.getLast(), decimals) + ")";
    }

    private static String number(double value, int decimals) {
        return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP).toPlainString();
    }

    private static int decimals(double value) {
        if (value >= 1_000) {
            return 0;
        }
        return value >= 5 ? 1 : 2;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
