package io.weir.xds.chain;

import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import io.weir.xds.spec.PortMatch;
import java.util.List;
import java.util.stream.IntStream;

/** Reads for which connections a listener filter is switched off. */
public final class PortRule {
    private static final int PORT_MAX = 65_535;

    private PortRule() {}

    /**
     * What it says, {@link PortMatch.Always#NONE} after a problem.
     *
     * @param path
     *            where the predicate stands
     */
    public static PortMatch read(ListenerFilterChainMatchPredicate rule, String path, Complaints complaints) {
        return switch (rule.getRuleCase()) {
            case OR_MATCH -> new PortMatch.AnyOf(all(rule.getOrMatch(), path + ".or_match", complaints));
            case AND_MATCH -> new PortMatch.AllOf(all(rule.getAndMatch(), path + ".and_match", complaints));
            case NOT_MATCH -> new PortMatch.Not(read(rule.getNotMatch(), path + ".not_match", complaints));
            case ANY_MATCH -> rule.getAnyMatch() ? PortMatch.Always.ALL : PortMatch.Always.NONE;
            case DESTINATION_PORT_RANGE -> {
                int from = rule.getDestinationPortRange().getStart();
                int to = rule.getDestinationPortRange().getEnd();
                if (from < 0 || to <= from || to > PORT_MAX + 1) {
                    complaints.problem(path + ".destination_port_range", from + " to " + to, "no port is in this range",
                            "write start, and end, which is the first port behind it: start: 80, end: 81 is port 80");
                    yield PortMatch.Always.NONE;
                }
                yield new PortMatch.Range(from, to);
            }
            case RULE_NOT_SET -> PortMatch.Always.NONE; // a rule of the API says that it is required, and has been told
        };
    }

    private static List<PortMatch> all(ListenerFilterChainMatchPredicate.MatchSet set, String path,
            Complaints complaints) {
        return IntStream.range(0, set.getRulesCount())
                .mapToObj(i -> read(set.getRules(i), path + ".rules[" + i + "]", complaints)).toList();
    }
}
