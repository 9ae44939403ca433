package io.weir.app.sidecar;

import io.weir.xds.spec.Interception;
import io.weir.xds.spec.Interception.Way;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has the kernel bring connections to Weir: its packet filter by nft(8), and where that needs it its routing by ip(8).
 * Methods wait for them. Any thread.
 */
public final class Interceptor {
    /** Rules that were added more often than this are not ours. */
    private static final int ROUNDS_MAX = 16;

    private final SystemProgram nft;
    private final @Nullable SystemProgram ip;

    private Interceptor(SystemProgram nft, @Nullable SystemProgram ip) {
        this.nft = nft;
        this.ip = ip;
    }

    /** The kernel cannot be told, or does not do as it is told. The message is for people, with a cure. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        public Refused(String message) {
            super(message);
        }
    }

    /** By the programs of this machine. */
    public static Interceptor ours() throws Refused {
        return new Interceptor(SystemProgram.find("nft").orElseThrow(() -> new Refused(
                "the program nft, which sets rules of the packet filter, is not installed (Debian: nftables)")),
                SystemProgram.find("ip").orElse(null));
    }

    /**
     * Sets all rules in the place of those that are there. Those of the packet filter change at once, by one
     * transaction; routes that they need are there before them, and go after them.
     *
     * @throws Refused
     *             when one cannot be set; all is as before then
     */
    public void set(Interception how) throws Refused {
        List<String> routed = how.inbound() == Way.TPROXY ? RouteRules.families(how.ipv6()) : List.of();
        List<String> added = new ArrayList<>();
        try {
            for (String family : routed) {
                route(family, added);
            }
            apply(PacketRules.setting(how));
        } catch (Refused e) {
            unroute(added);
            throw e;
        }
        unroute(RouteRules.families(true).stream().filter(family -> !routed.contains(family)).toList());
    }

    /**
     * Whether rules could be set in the place of those that are there; nothing changes.
     *
     * @throws Refused
     *             when they could not
     */
    public void check(Interception how) throws Refused {
        apply(PacketRules.setting(how), List.of("-c", "-f", "-"));
    }

    private void route(String family, List<String> added) throws Refused {
        if (ip == null) {
            throw new Refused("the program ip, which intercept: tproxy needs, is not installed (Debian: iproute2);"
                    + " install it, or write intercept: redirect");
        }
        SystemProgram.Ended asked = ip.run("", RouteRules.asking(family));
        if (asked.code() != 0 || !RouteRules.told(asked.said())) {
            added.add(family);
            run(ip, RouteRules.rule(family));
        }
        run(ip, RouteRules.route(family));
    }

    private static void run(SystemProgram ip, List<String> words) throws Refused {
        SystemProgram.Ended ended = ip.run("", words);
        if (ended.code() != 0) {
            throw new Refused(explained("ip " + String.join(" ", words), ended.said()));
        }
    }

    /** Takes all rules away; where there are none, nothing happens. */
    public void remove() throws Refused {
        apply(PacketRules.removing());
        unroute(RouteRules.families(true));
    }

    private void apply(String script) throws Refused {
        apply(script, List.of("-f", "-"));
    }

    private void apply(String script, List<String> words) throws Refused {
        SystemProgram.Ended ended = nft.run(script, words);
        if (ended.code() != 0) {
            throw new Refused(explained("nft", ended.said()));
        }
    }

    /** Each of them may be there several times, or not at all. */
    private void unroute(List<String> families) throws Refused {
        if (ip == null) {
            return;
        }
        for (String family : families) {
            for (List<String> words : RouteRules.removing(family)) {
                boolean repeats = words.contains("rule");
                int round = 0;
                while (ip.run("", words).code() == 0 && repeats && round < ROUNDS_MAX) {
                    round++;
                }
            }
        }
    }

    static String explained(String program, String said) {
        if (said.contains("Operation not permitted")) {
            return "rules of the packet filter and of the routing may be set only with CAP_NET_ADMIN in this network"
                    + " namespace: run as root, or by setpriv --inh-caps +net_admin --ambient-caps +net_admin ("
                    + program + ": " + said.lines().findFirst().orElse("") + ")";
        }
        return program + " refuses: " + said;
    }
}
