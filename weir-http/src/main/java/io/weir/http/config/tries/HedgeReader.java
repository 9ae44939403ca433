package io.weir.http.config.tries;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.route.v3.HedgePolicy;
import io.weir.core.hedge.BackupRule;
import io.weir.core.hedge.Backups;
import io.weir.http.control.HedgeRule;
import io.weir.http.route.match.RouteMatch.Share;
import io.weir.xds.compile.ReadContext;
import java.util.List;

/** Reads when requests go to a further host before the first has answered. */
final class HedgeReader {
    /** The name space of what Weir adds to a route's hedging, as Envoy has no word for it. */
    private static final String METADATA = "weir.hedging";
    private static final String EXTRA_LOAD = "extra_load";
    private static final String PERCENTILE = "percentile";
    private static final String DELAY_MIN = "min_delay";
    private static final List<String> KEYS = List.of(EXTRA_LOAD, PERCENTILE, DELAY_MIN);
    private static final String NUMBER = "[0-9]{1,9}(\\.[0-9]{1,9})?";

    private HedgeReader() {}

    /** Envoy's policy. */
    static HedgeRule policy(HedgePolicy message, ReadContext context) {
        long atOnce = message.hasInitialRequests()
                ? Integer.toUnsignedLong(message.getInitialRequests().getValue())
                : 1;
        if (atOnce > HedgeRule.AT_ONCE_MAX) {
            context.problem("initial_requests", String.valueOf(atOnce), "that many hosts get no request at once",
                    "write " + HedgeRule.AT_ONCE_MAX + " or less");
        }
        var chance = message.getAdditionalRequestChance();
        long denominator = switch (chance.getDenominator()) {
            case HUNDRED, UNRECOGNIZED -> 100;
            case TEN_THOUSAND -> 10_000;
            case MILLION -> 1_000_000;
        };
        return new HedgeRule(Math.clamp(atOnce, 1, HedgeRule.AT_ONCE_MAX),
                new Share(Integer.toUnsignedLong(chance.getNumerator()), denominator),
                message.getHedgeOnPerTryTimeout(), null);
    }

    /** The same with the backup requests that a route's metadata ask for. */
    static HedgeRule backups(HedgeRule rule, Metadata metadata, ReadContext context) {
        if (!metadata.containsFilterMetadata(METADATA)) {
            return rule;
        }
        Struct words = metadata.getFilterMetadataOrThrow(METADATA);
        ReadContext at = context.at("metadata.filter_metadata[" + METADATA + "]");
        for (String key : words.getFieldsMap().keySet()) {
            if (!KEYS.contains(key)) {
                at.problem(key, "", "there is no such key here", "its keys: " + String.join(", ", KEYS));
            }
        }
        double extra = percent(words, EXTRA_LOAD, -1);
        if (!(extra > 0 && extra <= 100 * BackupRule.EXTRA_LOAD_MAX)) {
            at.problem(EXTRA_LOAD, text(words, EXTRA_LOAD), "this is no bound of the load that backup requests may add",
                    "write a part of all requests above 0 % and up to 50 %, such as 1%");
            extra = 1;
        }
        double percentile = percent(words, PERCENTILE, 100 - extra);
        if (!(percentile > 0 && percentile < 100)) {
            at.problem(PERCENTILE, text(words, PERCENTILE), "this is no percentile of latencies",
                    "write a number above 0 and below 100, or remove it: " + (100 - extra));
            percentile = 99;
        }
        long delay = BackupRule.DELAY_MIN_NANOS;
        if (words.containsFields(DELAY_MIN)) {
            String text = text(words, DELAY_MIN);
            if (text.matches(NUMBER + "s")) {
                delay = (long) (Double.parseDouble(text.substring(0, text.length() - 1)) * 1e9);
            } else {
                at.problem(DELAY_MIN, text, "this is no length of time", "write seconds such as 0.01s");
            }
        }
        var backups = new Backups(new BackupRule(extra / 100, percentile / 100, delay));
        return new HedgeRule(rule.atOnce(), rule.oneMore(), rule.onTryTimeout(), backups);
    }

    private static String text(Struct words, String key) {
        Value value = words.getFieldsOrDefault(key, Value.getDefaultInstance());
        return value.hasNumberValue() ? String.valueOf(value.getNumberValue()) : value.getStringValue();
    }

    /** A number, with or without its sign; -1 where it is none. */
    private static double percent(Struct words, String key, double otherwise) {
        if (!words.containsFields(key)) {
            return otherwise;
        }
        String text = text(words, key);
        String number = text.endsWith("%") ? text.substring(0, text.length() - 1).strip() : text;
        return number.matches(NUMBER) ? Double.parseDouble(number) : -1;
    }
}
