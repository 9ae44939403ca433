package io.weir.app.sidecar;

import io.weir.xds.spec.Interception;
import io.weir.xds.spec.Interception.Way;
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

        Refused(String message) {
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
     * Sets all rules in the place of those that are there.
     *
     * @throws Refused
     *             when one cannot be set; none are then, or those before
     */
    public void set(Interception how) throws Refused {
        if (how.inbound() == Way.TPROXY) {
            if (ip == null) {
                throw new Refused("the program ip, which intercept: tproxy needs, is not installed (Debian: iproute2);"
                        + " install it, or write intercept: redirect");
            }
            unroute();
            for (List<String> words : RouteRules.setting(how.ipv6())) {
                SystemProgram.Ended ended = ip.run("", words);
                if (ended.code() != 0) {
                    unroute();
                    throw new Refused(explained("ip " + String.join(" ", words), ended.said()));
                }
            }
        }
        apply(PacketRules.setting(how));
    }

    /** Takes all rules away; where there are none, nothing happens. */
    public void remove() throws Refused {
        apply(PacketRules.removing());
        unroute();
    }

    private void apply(String script) throws Refused {
        SystemProgram.Ended ended = nft.run(script, List.of("-f", "-"));
        if (ended.code() != 0) {
            throw new Refused(explained("nft", ended.said()));
        }
    }

    /** Each of them may be there several times, or not at all. */
    private void unroute() throws Refused {
        if (ip == null) {
            return;
        }
        for (List<String> words : RouteRules.removing()) {
            boolean repeats = words.contains("rule");
            int round = 0;
            while (ip.run("", words).code() == 0 && repeats && round < ROUNDS_MAX) {
                round++;
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
