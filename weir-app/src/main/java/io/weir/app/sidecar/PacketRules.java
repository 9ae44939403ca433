package io.weir.app.sidecar;

import io.weir.xds.spec.Interception;
import io.weir.xds.spec.Interception.Exempt;
import io.weir.xds.spec.Interception.Network;
import io.weir.xds.spec.Interception.Ports;
import io.weir.xds.spec.Interception.Way;

/**
 * The rules that an interception comes to, as nft(8) reads them: one transaction, all in one table of Weir's own, so
 * that setting them again, or taking them away, touches nobody else's. Pure.
 */
public final class PacketRules {
    /** The table. */
    public static final String TABLE = "inet weir_sidecar";

    /** A table that is not there cannot be deleted, and one that is there stays when it is declared again. */
    private static final String GONE = "table " + TABLE + "\ndelete table " + TABLE + "\n";

    private PacketRules() {}

    /** Takes the rules away; where there are none, nothing happens. */
    static String removing() {
        return GONE;
    }

    /** The same for people, with what else is done as comments. */
    public static String explained(Interception how) {
        var text = new StringBuilder();
        if (how.inbound() == Way.TPROXY) {
            RouteRules.setting(how.ipv6()).forEach(words -> text.append("# and: ip ").append(String.join(" ", words))
                    .append('\n'));
        }
        return text.append(setting(how)).toString();
    }

    /** Sets the rules in the place of those that are there. */
    static String setting(Interception how) {
        var text = new StringBuilder(GONE);
        text.append("table ").append(TABLE).append(" {\n");
        outbound(text, how);
        text.append('\n');
        inbound(text, how);
        if (how.inbound() == Way.TPROXY) {
            text.append('\n');
            answers(text);
        }
        return text.append("}\n").toString();
    }

    /** By the hook of what this machine itself sends; REDIRECT there leads to its loopback address. */
    private static void outbound(StringBuilder text, Interception how) {
        text.append("  chain outbound {\n");
        line(text, "type nat hook output priority -100; policy accept;");
        sixth(text, how);
        // who talks to himself is left alone, by whichever of his addresses
        line(text, "oifname \"lo\" return");
        how.own().users().forEach(user -> line(text, "meta skuid " + name(user) + " return"));
        how.own().groups().forEach(group -> line(text, "meta skgid " + name(group) + " return"));
        exempt(text, how.out(), "daddr", how.ipv6());
        line(text, "meta l4proto tcp redirect to :" + how.outboundPort());
        text.append("  }\n");
    }

    private static void inbound(StringBuilder text, Interception how) {
        text.append("  chain inbound {\n");
        boolean kept = how.inbound() == Way.TPROXY;
        line(text, kept
                ? "type filter hook prerouting priority -150; policy accept;"
                : "type nat hook prerouting priority -100; policy accept;");
        sixth(text, how);
        line(text, "iifname \"lo\" return");
        // what is on its way through this machine has its application elsewhere
        line(text, "fib daddr type != local return");
        exempt(text, how.in(), "saddr", how.ipv6());
        // TPROXY sees every packet: those of connections that Weir, or somebody else, has already find their sockets
        line(text, kept
                ? "meta l4proto tcp tproxy to :" + how.inboundPort() + " accept"
                : "meta l4proto tcp redirect to :" + how.inboundPort());
        if (kept) {
            // where Weir does not listen TPROXY lets packets pass: nobody is to come to the application without it
            line(text, "tcp flags & (fin | syn | rst | ack) == syn reject with tcp reset");
        }
        text.append("  }\n");
    }

    /**
     * Weir comes to the application from the client's address and marks these connections; what is answered in them
     * goes by {@link RouteRules}.
     */
    private static void answers(StringBuilder text) {
        text.append("  chain answers {\n");
        line(text, "type route hook output priority -150; policy accept;");
        line(text, "meta mark " + Interception.MARK + " ct mark set meta mark return");
        line(text, "ct mark " + Interception.MARK + " meta mark set ct mark");
        text.append("  }\n");
    }

    private static void sixth(StringBuilder text, Interception how) {
        if (!how.ipv6()) {
            line(text, "meta nfproto ipv6 return");
        }
    }

    private static void exempt(StringBuilder text, Exempt exempt, String side, boolean ipv6) {
        for (Network network : exempt.networks()) {
            if (ipv6 || !network.ipv6()) {
                line(text, (network.ipv6() ? "ip6 " : "ip ") + side + " " + network + " return");
            }
        }
        for (Ports ports : exempt.ports()) {
            line(text, "tcp dport " + ports + " return");
        }
    }

    /** A name between quotation marks, which nft looks up; a number as it is. */
    private static String name(String owner) {
        return Character.isDigit(owner.charAt(0)) ? owner : '"' + owner + '"';
    }

    private static void line(StringBuilder text, String rule) {
        text.append("    ").append(rule).append('\n');
    }
}
