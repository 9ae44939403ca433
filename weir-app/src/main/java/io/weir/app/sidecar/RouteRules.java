package io.weir.app.sidecar;

import io.weir.xds.spec.Interception;
import java.util.ArrayList;
import java.util.List;

/**
 * What the routing needs, as ip(8) takes it, where Weir connects to the application from its clients' addresses: the
 * application answers these, and what is marked as such an answer must not leave the machine. Pure.
 */
public final class RouteRules {
    /** The table that routes them to this machine itself has the number of their mark. */
    private static final String NUMBER = Integer.toString(Interception.MARK);

    private RouteRules() {}

    /** The commands that set them, one list of words each. */
    static List<List<String>> setting(boolean ipv6) {
        var commands = new ArrayList<List<String>>();
        for (String family : families(ipv6)) {
            commands.add(rule(family));
            commands.add(route(family));
        }
        return commands;
    }

    /** Sends packets of the mark to the table; done twice it would be there twice. */
    static List<String> rule(String family) {
        return List.of(family, "rule", "add", "fwmark", NUMBER, "lookup", NUMBER);
    }

    /** What the table says; done twice it is there once. */
    static List<String> route(String family) {
        return List.of(family, "route", "replace", "local", "default", "dev", "lo", "table", NUMBER);
    }

    /** Tells rules of the mark, which may be another's, or warnings. */
    static List<String> asking(String family) {
        return List.of(family, "rule", "list", "fwmark", NUMBER);
    }

    /** Whether the rule is among those that were told. */
    static boolean told(String rules) {
        return rules.lines().anyMatch(line -> line.strip().endsWith("lookup " + NUMBER));
    }

    /** Those that take one family's away; each fails where there is nothing to take. */
    static List<List<String>> removing(String family) {
        return List.of(List.of(family, "rule", "del", "fwmark", NUMBER, "lookup", NUMBER),
                List.of(family, "route", "flush", "table", NUMBER));
    }

    static List<String> families(boolean ipv6) {
        return ipv6 ? List.of("-4", "-6") : List.of("-4");
    }
}
