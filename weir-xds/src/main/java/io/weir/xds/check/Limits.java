package io.weir.xds.check;

import org.jspecify.annotations.Nullable;

/**
 * Bounds of a number; null where there is none. As in protoc-gen-validate, an upper bound below the lower one turns the
 * range inside out: what lies between them is what is not allowed.
 */
record Limits(@Nullable Quantity constant, @Nullable Quantity lt, @Nullable Quantity lte, @Nullable Quantity gt,
        @Nullable Quantity gte) {

    boolean allow(Quantity value) {
        if (constant != null && value.compareTo(constant) != 0) {
            return false;
        }
        Quantity upper = lt != null ? lt : lte;
        Quantity lower = gt != null ? gt : gte;
        boolean below = upper == null || (lt != null ? value.compareTo(upper) < 0 : value.compareTo(upper) <= 0);
        boolean above = lower == null || (gt != null ? value.compareTo(lower) > 0 : value.compareTo(lower) >= 0);
        boolean insideOut = upper != null && lower != null && upper.compareTo(lower) <= 0 && !(lte != null
                && gte != null && upper.compareTo(lower) == 0);
        return insideOut ? below || above : below && above;
    }

    boolean any() {
        return constant != null || lt != null || lte != null || gt != null || gte != null;
    }

    /** The bounds in words, each number with this unit: {@code at least 1s and below 5s}. */
    String words(String unit) {
        if (constant != null) {
            return "exactly " + plain(constant) + unit;
        }
        StringBuilder words = new StringBuilder();
        if (gt != null || gte != null) {
            words.append(gt != null ? "more than " + plain(gt) : "at least " + plain(gte)).append(unit);
        }
        if (lt != null || lte != null) {
            words.append(words.isEmpty() ? "" : " and ");
            words.append(lt != null ? "less than " + plain(lt) : "at most " + plain(lte)).append(unit);
        }
        return words.toString();
    }

    private static String plain(@Nullable Quantity number) {
        return number == null ? "" : number.text();
    }
}
