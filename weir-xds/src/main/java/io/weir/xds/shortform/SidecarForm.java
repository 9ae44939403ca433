package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.weir.xds.resource.Nearest;
import io.weir.xds.spec.Interception;
import io.weir.xds.spec.Interception.Exempt;
import io.weir.xds.spec.Interception.Owners;
import io.weir.xds.spec.Interception.Way;
import io.weir.xds.yaml.Node;

import org.jspecify.annotations.Nullable;

/**
 * {@code sidecar:}, which stands beside one application: who it is, whom it believes, who else has a sidecar, and what
 * goes past it. {@code docs/sidecar.md} describes it.
 */
final class SidecarForm {

    static final String KEY = "sidecar";

    private static final List<String> KEYS = List.of("identity", "trust", "mesh", "mtls", "allow", "ports", "outbound",
            "detection_timeout", "server_first", "intercept", "listen", "ipv6", "exclude", "log");
    private static final List<String> PORT_KEYS = List.of("protocol", "mtls", "allow");
    private static final List<String> LIMITS = List.of("networks", "ports");

    private static final int OUTBOUND_PORT = 15_001;
    private static final int INBOUND_PORT = 15_006;
    /** FTP, SSH, telnet, SMTP, POP3, NNTP, IMAP, submission of mail, MySQL, VNC. */
    private static final List<Integer> SERVER_FIRST = List.of(21, 22, 23, 25, 110, 119, 143, 587, 3306, 5900);
    private static final String DETECTION_SECONDS = "1s";
    /** SPIFFE ID, sections 2.1 and 2.2; with {@code /*} behind it, all that begin so. */
    private static final Pattern ID = Pattern.compile("spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)*(/\\*)?");
    private static final String TRUE = "true";
    private static final String FALSE = "false";

    private SidecarForm() {}

    /** Whether certificates are asked of those who come in, as Istio's PeerAuthentication has it. */
    enum Mtls {
        STRICT, PERMISSIVE, DISABLE
    }

    /** What is spoken at a port of the application. */
    enum Protocol {
        DETECT, HTTP, TCP
    }

    private enum Outbound {
        ALLOW_ANY, MESH_ONLY
    }

    /**
     * Certificates of this side, and whose are believed.
     *
     * @param trust
     *            the path of the authorities' certificates
     */
    record Identity(Node cert, Node key, Node trust) {
    }

    /**
     * Some who have a sidecar.
     *
     * @param ids
     *            who they must be, as URIs; none: anybody whom the authority knows by such a name
     */
    record Mesh(List<Interception.Network> networks, List<String> ids) {
        Mesh {
            networks = List.copyOf(networks);
            ids = List.copyOf(ids);
        }
    }

    /**
     * What is asked of those who come in.
     *
     * @param port
     *            of the application; 0: all that have no policy of their own
     * @param allow
     *            as {@link Mesh#ids}
     */
    record Policy(int port, Protocol protocol, Mtls mtls, List<String> allow) {
        Policy {
            allow = List.copyOf(allow);
        }
    }

    /**
     * All that was written, with what holds where nothing was.
     *
     * @param detectionSeconds
     *            in the form that protobuf takes
     * @param serverFirst
     *            ports whose clients say nothing before the server has
     */
    record Sidecar(Part part, @Nullable Identity identity, List<Mesh> mesh, List<Policy> policies, boolean meshOnly,
            Node detectionSeconds, List<Interception.Ports> serverFirst, @Nullable Part log,
            Interception interception) {
        Sidecar {
            mesh = List.copyOf(mesh);
            policies = List.copyOf(policies);
            serverFirst = List.copyOf(serverFirst);
        }
    }

    /**
     * What it says; null after a problem that leaves nothing to go on with.
     *
     * @param defaultLog
     *            what holds where it says nothing about its log
     */
    static @Nullable Sidecar read(Part part, @Nullable Part defaultLog) {
        if (!part.isMapping("a sidecar", KEYS)) {
            return null;
        }
        List<Mesh> mesh = mesh(part);
        List<Policy> policies = policies(part);
        boolean secured = !mesh.isEmpty() || policies.stream().anyMatch(each -> each.mtls() != Mtls.DISABLE);
        Identity identity = identity(part, secured);
        Node timeout = part.duration("detection_timeout");
        Part own = part.part("log");
        return new Sidecar(part, identity, mesh, policies,
                word(part, "outbound", Outbound.ALLOW_ANY) == Outbound.MESH_ONLY,
                timeout == null ? Tree.text(part.at(), DETECTION_SECONDS) : timeout, serverFirst(part),
                own == null ? defaultLog : own, interception(part));
    }

    private static @Nullable Identity identity(Part part, boolean secured) {
        Part identity = part.part("identity");
        Node trust = part.scalar("trust");
        if (identity != null && !identity.isMapping("an identity", List.of("cert", "key"))) {
            return null;
        }
        Node cert = identity == null ? null : identity.scalar("cert");
        Node key = identity == null ? null : identity.scalar("key");
        if (cert != null && key != null && trust != null) {
            return new Identity(cert, key, trust);
        }
        if ((secured || identity != null || trust != null) && part.hasOnly(KEYS)) {
            part.problem("mutual TLS needs a certificate, its key and whose certificates are believed",
                    "add identity: { cert: FILE, key: FILE } and trust: FILE");
        }
        return null;
    }

    private static List<Mesh> mesh(Part part) {
        var networks = new ArrayList<Interception.Network>();
        var groups = new ArrayList<Mesh>();
        for (Part item : part.items("mesh")) {
            if (item.node() instanceof Node.Mapping) {
                if (item.isMapping("an item of mesh", List.of("at", "ids"))) {
                    List<Interception.Network> at = networks(item.items("at"));
                    List<String> ids = ids(item.items("ids"));
                    if (at.isEmpty() || ids.isEmpty()) {
                        item.problem("this item of mesh does not say who is where",
                                "write { at: [10.0.0.0/8], ids: [spiffe://DOMAIN/NAME] }, or the network alone");
                    } else {
                        groups.add(new Mesh(at, ids));
                    }
                }
            } else {
                networks.addAll(networks(List.of(item)));
            }
        }
        if (!networks.isEmpty()) {
            groups.addFirst(new Mesh(networks, List.of()));
        }
        return groups;
    }

    /** That of all ports first. */
    private static List<Policy> policies(Part part) {
        var policies = new ArrayList<Policy>();
        Policy all = policy(part, new Policy(0, Protocol.DETECT, Mtls.STRICT, List.of()));
        policies.add(all);
        Part ports = part.part("ports");
        if (ports == null) {
            return policies;
        }
        if (!(ports.node() instanceof Node.Mapping)) {
            ports.problem("ports says of each port of the application what is spoken there",
                    "write ports: { 8080: { protocol: http } }");
        }
        for (Part each : ports.named()) {
            String number = each.path().substring(ports.path().length() + 1);
            int port = number(number);
            if (port == 0) {
                each.problem(number + " is no port", "write a number from 1 to 65535");
            } else if (each.isMapping("a port of the application", PORT_KEYS)) {
                policies.add(policy(each, new Policy(port, word(each, "protocol", Protocol.DETECT), all.mtls(),
                        all.allow())));
            }
        }
        return policies;
    }

    private static Policy policy(Part part, Policy otherwise) {
        Mtls mtls = word(part, "mtls", otherwise.mtls());
        List<String> own = ids(part.items("allow"));
        Part allow = part.part("allow");
        List<String> allowed = allow == null ? otherwise.allow() : own;
        if (mtls != Mtls.STRICT && !allowed.isEmpty()) {
            Part at = allow == null ? part : allow;
            at.problem("whoever comes without a certificate is nobody that could be allowed, and mtls lets him in",
                    allow == null ? "write mtls: strict, or allow: [] here" : "write mtls: strict, or remove allow");
        }
        return new Policy(otherwise.port(), otherwise.protocol(), mtls, allowed);
    }

    private static List<String> ids(List<Part> items) {
        return all(items, text -> ID.matcher(text).matches() ? text : null, "this is no SPIFFE ID",
                "write spiffe://DOMAIN/NAME, or spiffe://DOMAIN/PATH/* for all that begin so");
    }

    private static List<Interception.Network> networks(List<Part> items) {
        return all(items, Interception.Network::read, "this is no network",
                "write addresses such as 10.0.0.0/8, 10.0.0.1 or fd00::/8");
    }

    private static List<Interception.Ports> ports(List<Part> items) {
        return all(items, Interception.Ports::read, "this is no port",
                "write a number from 1 to 65535, or two such as 8000-8100");
    }

    private static List<String> owners(List<Part> items) {
        return all(items, Owners::read, "this is no user and no group", "write its number, or its name");
    }

    /** Those that can be read. */
    private static <T> List<T> all(List<Part> items, Function<String, @Nullable T> reading, String message,
            String cure) {
        var read = new ArrayList<T>();
        for (Part item : items) {
            String text = item.text();
            T value = text == null ? null : reading.apply(text);
            if (value != null) {
                read.add(value);
            } else if (text != null) {
                item.problem(message, cure);
            }
        }
        return read;
    }

    /** The number of a port; 0: this is none. */
    private static int number(String text) {
        Interception.Ports port = Interception.Ports.read(text);
        return port == null || port.from() != port.to() ? 0 : port.from();
    }

    private static List<Interception.Ports> serverFirst(Part part) {
        Part written = part.part("server_first");
        return written == null
                ? SERVER_FIRST.stream().map(port -> new Interception.Ports(port, port)).toList()
                : ports(written.items());
    }

    private static Interception interception(Part part) {
        Part listen = part.part("listen");
        int outbound = OUTBOUND_PORT;
        int inbound = INBOUND_PORT;
        if (listen != null && listen.isMapping("listen of a sidecar", List.of("outbound", "inbound"))) {
            outbound = port(listen, "outbound", OUTBOUND_PORT);
            inbound = port(listen, "inbound", INBOUND_PORT);
            if (outbound == inbound) {
                listen.problem("connections that go out and those that come in are taken at the same port",
                        "give one of them another port");
            }
        }
        Part exclude = part.part("exclude");
        Exempt out = Exempt.NONE;
        Exempt in = Exempt.NONE;
        Owners own = Owners.NOBODY;
        if (exclude != null && exclude.isMapping("exclude", List.of("outbound", "inbound", "users", "groups"))) {
            out = exempt(exclude.part("outbound"));
            in = exempt(exclude.part("inbound"));
            own = new Owners(owners(exclude.items("users")), owners(exclude.items("groups")));
        }
        return new Interception(outbound, inbound, word(part, "intercept", Way.REDIRECT), ipv6(part), out, in, own);
    }

    private static Exempt exempt(@Nullable Part part) {
        return part == null || !part.isMapping("what is excluded", LIMITS)
                ? Exempt.NONE
                : new Exempt(networks(part.items("networks")), ports(part.items("ports")));
    }

    private static int port(Part listen, String key, int otherwise) {
        Part part = listen.part(key);
        String text = part == null ? null : part.text();
        if (part == null || text == null) {
            return otherwise;
        }
        int port = number(text);
        if (port == 0) {
            part.problem("this is no port", "write a number from 1 to 65535");
        }
        return port == 0 ? otherwise : port;
    }

    private static boolean ipv6(Part part) {
        Part ipv6 = part.part("ipv6");
        String word = ipv6 == null ? TRUE : ipv6.text();
        if (ipv6 != null && word != null && !word.equals(TRUE) && !word.equals(FALSE)) {
            ipv6.problem("ipv6 is true or false", "remove it: connections of IPv6 go through Weir too");
        }
        return !FALSE.equals(word);
    }

    private static <E extends Enum<E>> E word(Part part, String key, E otherwise) {
        Part written = part.part(key);
        String text = written == null ? null : written.text();
        if (written == null || text == null) {
            return otherwise;
        }
        var words = new ArrayList<String>();
        for (E each : otherwise.getDeclaringClass().getEnumConstants()) {
            String word = each.name().toLowerCase(Locale.ROOT);
            if (word.equals(text)) {
                return each;
            }
            words.add(word);
        }
        written.problem(key + " is one of " + String.join(", ", words),
                Nearest.cure(text, words, "write " + otherwise.name().toLowerCase(Locale.ROOT)));
        return otherwise;
    }
}
