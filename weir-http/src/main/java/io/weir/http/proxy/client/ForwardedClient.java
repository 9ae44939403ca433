package io.weir.http.proxy.client;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.IpLiteral;
import io.weir.http.config.HttpManagerSpec.ClientAddress;
import io.weir.http.config.HttpManagerSpec.Detection;
import io.weir.http.filter.ClientIp;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The client that is to be believed: where in {@code x-forwarded-for} it stands after our own entry, if any, was
 * appended, which is as many entries from the end as proxies in front are trusted, as Envoy counts; else the
 * connection's far end. Finding an IPv4 address allocates nothing. Serves one exchange after another; belongs to one
 * worker.
 */
public final class ForwardedClient implements ClientIp {
    private final ClientAddress rule;
    private boolean direct = true;
    private boolean trusted;
    private int rejectStatus;
    private byte[] bytes = {};
    private int start;
    private int end;
    private byte[] written = {};
    private byte[] canonical = {};

    public ForwardedClient(ClientAddress rule) {
        this.rule = rule;
    }

    /**
     * Looks for it.
     *
     * @param request
     *            whose head has been made fit to be routed
     * @param peer
     *            the address of the connection's far end; of no length where it has none, as on a UNIX socket
     */
    public void locate(@Nullable HttpHead request, byte[] peer) {
        if (rule.detections().isEmpty()) {
            int fromEnd = fromEnd(peer);
            direct = fromEnd < 0 || request == null || !find(request, fromEnd);
        } else {
            direct = request == null || !detect(request);
        }
        if (direct) {
            bytes = peer;
            start = 0;
            end = peer.length;
        }
    }

    /** The first way that finds it; one that rejects is the last. */
    private boolean detect(HttpHead request) {
        trusted = false;
        rejectStatus = 0;
        for (int i = 0; i < rule.detections().size(); i++) {
            switch (rule.detections().get(i)) {
                case Detection.Forwarded(int hops) -> {
                    if (find(request, hops)) {
                        int line = next(request, 0);
                        trusted = next(request, line + 1) < 0
                                && commas(request.bytes(), request.valueStart(line), request.valueEnd(line)) == 0;
                        return true;
                    }
                }
                case Detection.Field(HeaderName name, boolean believed, int reject) -> {
                    int line = request.find(name);
                    if (line >= 0 && whole(request, line)) {
                        trusted = believed;
                        return true;
                    }
                    if (reject > 0) {
                        rejectStatus = reject;
                        return false;
                    }
                }
            }
        }
        return false;
    }

    /** Whether a line is an address, nothing beside it. */
    private boolean whole(HttpHead request, int line) {
        int from = request.valueStart(line);
        int to = request.valueEnd(line);
        return commas(request.bytes(), from, to) == 0 && take(request.bytes(), from, to, 0);
    }

    /** Whether the client, as it was last located, may be found to be one of our own. */
    public boolean trusted() {
        return !direct && trusted;
    }

    /** What a request is answered whose client was not to be found; 0: it is served. */
    public int rejectStatus() {
        return direct ? rejectStatus : 0;
    }

    /** How many entries from the end it stands; -1: the connection's far end is the client. */
    private int fromEnd(byte[] peer) {
        int hops = rule.xffTrustedHops();
        if (!rule.useRemoteAddress()) {
            return hops;
        }
        // our own entry is the last one, where one was written
        boolean appended = !rule.skipXffAppend() && peer.length > 0;
        return hops > 0 && appended ? hops : hops - 1;
    }

    /** Several lines are one list, in their order (RFC 9110 section 5.3). */
    private boolean find(HttpHead request, int fromEnd) {
        int entries = 0;
        for (int line = next(request, 0); line >= 0; line = next(request, line + 1)) {
            entries += 1 + commas(request.bytes(), request.valueStart(line), request.valueEnd(line));
        }
        int before = entries - 1 - fromEnd;
        if (before < 0) {
            return false;
        }
        for (int line = next(request, 0); line >= 0; line = next(request, line + 1)) {
            int here = 1 + commas(request.bytes(), request.valueStart(line), request.valueEnd(line));
            if (before < here) {
                return take(request.bytes(), request.valueStart(line), request.valueEnd(line), before);
            }
            before -= here;
        }
        return false;
    }

    private static int next(HttpHead request, int from) {
        return request.find(HeaderName.X_FORWARDED_FOR, from);
    }

    private static int commas(byte[] line, int from, int to) {
        int commas = 0;
        for (int i = from; i < to; i++) {
            commas += line[i] == ',' ? 1 : 0;
        }
        return commas;
    }

    private boolean take(byte[] line, int from, int to, int before) {
        int first = from;
        for (int skipped = 0; skipped < before; first++) {
            skipped += line[first] == ',' ? 1 : 0;
        }
        int last = first;
        while (last < to && line[last] != ',') {
            last++;
        }
        while (first < last && blank(line[first])) {
            first++;
        }
        while (last > first && blank(line[last - 1])) {
            last--;
        }
        if (IpLiteral.v4(line, first, last)) {
            bytes = line;
            start = first;
            end = last;
            return true;
        }
        if (!IpLiteral.v6(line, first, last)) {
            return false;
        }
        bytes = canonical(line, first, last);
        start = 0;
        end = bytes.length;
        return true;
    }

    /** An IPv6 address has many spellings, and one that all compare (RFC 5952). The last one is kept. */
    private byte[] canonical(byte[] line, int from, int to) {
        if (!Arrays.equals(line, from, to, written, 0, written.length)) {
            written = Arrays.copyOfRange(line, from, to);
            canonical = Addresses.ip(InetAddress.ofLiteral(new String(written, StandardCharsets.ISO_8859_1)))
                    .getBytes(StandardCharsets.ISO_8859_1);
        }
        return canonical;
    }

    private static boolean blank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** {@code ip:0} of a client that a header field names; null where it is the connection's far end. */
    @Nullable
    public String told() {
        if (direct) {
            return null;
        }
        String ip = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        return ip.indexOf(':') < 0 ? ip + ":0" : '[' + ip + "]:0";
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int start() {
        return start;
    }

    @Override
    public int end() {
        return end;
    }
}
