package io.weir.discovery.dns;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.weir.core.model.LookupFamily;
import io.weir.net.transport.Worker;
import java.net.IDN;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the addresses of one name: a literal, the hosts file, {@code localhost} (RFC 6761 section 6.3), then DNS.
 * Keeps nothing between two questions but the hosts file, so that whoever asks again gets what is true then. One
 * worker's thread.
 */
final class NameResolver implements AutoCloseable {
    private static final int QUERIES_MAX = 16;
    /** Datagrams get lost: all servers are asked twice, as by the C library. */
    private static final int ATTEMPTS = 2;
    private static final int ADDRESSES_MAX = 1024;
    private static final int DNS_PORT = 53;
    private static final long NO_TTL = 0;

    private final Worker worker;
    private final ResolverOptions options;
    private final HostsFile hosts;
    private @Nullable DnsNameResolver dns;
    private @Nullable ResolvConf resolvConf;

    NameResolver(Worker worker, ResolverOptions options) {
        this.worker = worker;
        this.options = options;
        this.hosts = new HostsFile(options.hostsFile());
    }

    /** The answer comes on the worker's thread, maybe at once. */
    void resolve(String name, LookupFamily family, Consumer<Answer> then) {
        InetAddress literal = literal(name);
        if (literal != null) {
            then.accept(new Answer.Found(List.of(literal), NO_TTL));
            return;
        }
        List<InetAddress> known = local(name, family);
        if (!known.isEmpty()) {
            then.accept(new Answer.Found(known, NO_TTL));
            return;
        }
        String ascii;
        try {
            ascii = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            then.accept(new Answer.Failed("not a name: " + e.getMessage()));
            return;
        }
        candidate(candidates(ascii).iterator(), family, then);
    }

    /** The fully qualified names that a name may mean, in the order of resolv.conf(5). */
    private List<String> candidates(String name) {
        if (name.endsWith(".")) {
            return List.of(name);
        }
        ResolvConf system = resolvConf();
        List<String> domains = options.searchDomains() == null ? system.searchDomains() : options.searchDomains();
        List<String> searched = domains.stream().map(domain -> name + '.' + domain).toList();
        List<String> all = new ArrayList<>(searched);
        boolean dotted = name.chars().filter(c -> c == '.').count() >= system.ndots();
        all.add(dotted ? 0 : searched.size(), name);
        return all;
    }

    private void candidate(Iterator<String> candidates, LookupFamily family, Consumer<Answer> then) {
        ofFamily(candidates.next(), family, answer -> {
            if (answer instanceof Answer.Nothing && candidates.hasNext()) {
                candidate(candidates, family, then);
            } else {
                then.accept(answer);
            }
        });
    }

    private void ofFamily(String name, LookupFamily family, Consumer<Answer> then) {
        switch (family) {
            case V4_ONLY -> query(name, DnsRecordType.A, then);
            case V6_ONLY -> query(name, DnsRecordType.AAAA, then);
            case AUTO -> inTurn(name, DnsRecordType.AAAA, DnsRecordType.A, then);
            case V4_PREFERRED -> inTurn(name, DnsRecordType.A, DnsRecordType.AAAA, then);
            case ALL -> query(name, DnsRecordType.A,
                    first -> query(name, DnsRecordType.AAAA, second -> then.accept(both(first, second))));
        }
    }

    private void inTurn(String name, DnsRecordType preferred, DnsRecordType other, Consumer<Answer> then) {
        query(name, preferred, first -> {
            if (first instanceof Answer.Found) {
                then.accept(first);
            } else {
                query(name, other, second -> then.accept(
                        second instanceof Answer.Nothing && first instanceof Answer.Failed ? first : second));
            }
        });
    }

    private static Answer both(Answer first, Answer second) {
        if (first instanceof Answer.Found(List<InetAddress> left, long leftTtl)
                && second instanceof Answer.Found(List<InetAddress> right, long rightTtl)) {
            List<InetAddress> all = new ArrayList<>(left);
            all.addAll(right);
            return new Answer.Found(all, Math.min(leftTtl, rightTtl));
        }
        // Half an answer would take hosts away that the other half may still have.
        if (first instanceof Answer.Failed || second instanceof Answer.Failed) {
            return first instanceof Answer.Failed ? first : second;
        }
        return first instanceof Answer.Found ? first : second;
    }

    private static @Nullable InetAddress literal(String name) {
        try {
            return InetAddress.ofLiteral(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private List<InetAddress> local(String name, LookupFamily family) {
        List<InetAddress> four = hosts.ipv4(name);
        List<InetAddress> six = hosts.ipv6(name);
        String lower = name.toLowerCase(Locale.ROOT);
        if (four.isEmpty() && six.isEmpty() && (lower.equals("localhost") || lower.endsWith(".localhost"))) {
            four = List.of(InetAddress.ofLiteral("127.0.0.1"));
            six = List.of(InetAddress.ofLiteral("::1"));
        }
        return switch (family) {
            case V4_ONLY -> four;
            case V6_ONLY -> six;
            case AUTO -> six.isEmpty() ? four : six;
            case V4_PREFERRED -> four.isEmpty() ? six : four;
            case ALL -> {
                List<InetAddress> all = new ArrayList<>(four);
                all.addAll(six);
                yield all;
            }
        };
    }

    private void query(String name, DnsRecordType type, Consumer<Answer> then) {
        query(name, type, ATTEMPTS, then);
    }

    private void query(String name, DnsRecordType type, int attempts, Consumer<Answer> then) {
        Future<List<DnsRecord>> answered;
        try {
            answered = dns().resolveAll(new DefaultDnsQuestion(name, type));
        } catch (IllegalArgumentException e) {
            then.accept(new Answer.Failed("not a name: " + e.getMessage()));
            return;
        }
        answered.addListener((Future<List<DnsRecord>> done) -> {
            if (done.isSuccess()) {
                then.accept(found(done.getNow(), type));
            } else if (attempts > 1 && lost(done.cause())) {
                query(name, type, attempts - 1, then);
            } else {
                then.accept(failed(done.cause()));
            }
        });
    }

    private static boolean lost(Throwable failure) {
        return failure instanceof DnsNameResolverTimeoutException
                || failure.getCause() instanceof DnsNameResolverTimeoutException;
    }

    private static Answer found(List<DnsRecord> records, DnsRecordType type) {
        List<InetAddress> addresses = new ArrayList<>(records.size());
        long ttlSeconds = Long.MAX_VALUE;
        for (DnsRecord record : records) {
            try {
                if (record instanceof DnsRawRecord raw && type.equals(record.type())
                        && addresses.size() < ADDRESSES_MAX) {
                    ByteBuf content = raw.content();
                    byte[] bytes = new byte[content.readableBytes()];
                    content.getBytes(content.readerIndex(), bytes);
                    addresses.add(InetAddress.getByAddress(bytes));
                    ttlSeconds = Math.min(ttlSeconds, record.timeToLive());
                }
            } catch (UnknownHostException e) {
                return new Answer.Failed("an address of the wrong length: " + e.getMessage());
            } finally {
                ReferenceCountUtil.release(record);
            }
        }
        return addresses.isEmpty() ? new Answer.Nothing() : new Answer.Found(addresses, ttlSeconds);
    }

    private static Answer failed(@Nullable Throwable failure) {
        Throwable cause = failure == null ? null : failure.getCause();
        if (cause instanceof DnsErrorCauseException error) {
            return DnsResponseCode.NXDOMAIN.equals(error.getCode())
                    ? new Answer.Nothing()
                    : new Answer.Failed(error.getMessage() + ": " + failure);
        }
        // A name without records of the type asked for is answered with NOERROR, which Netty gives no cause for.
        return failure instanceof UnknownHostException && cause == null
                ? new Answer.Nothing()
                : new Answer.Failed(String.valueOf(cause == null ? failure : cause));
    }

    private DnsNameResolver dns() {
        DnsNameResolver present = dns;
        if (present == null) {
            present = build();
            dns = present;
        }
        return present;
    }

    private DnsNameResolver build() {
        return new DnsNameResolverBuilder(worker.loop())
                .datagramChannelType(worker.datagramType()).socketChannelType(worker.socketType(), true)
                .resolveCache(NoopDnsCache.INSTANCE).cnameCache(NoopDnsCnameCache.INSTANCE)
                .hostsFileEntriesResolver((name, types) -> null).maxQueriesPerResolve(QUERIES_MAX)
                .queryTimeoutMillis(Math.max(1, TimeUnit.NANOSECONDS.toMillis(options.queryTimeoutNanos())))
                .nameServerProvider(servers()).build();
    }

    private DnsServerAddressStreamProvider servers() {
        if (!options.servers().isEmpty()) {
            return new SequentialDnsServerAddressStreamProvider(options.servers());
        }
        if (!resolvConf().namesServers()) {
            // resolv.conf(5): the name server is then the one of this machine. Netty would ask a public one.
            return new SequentialDnsServerAddressStreamProvider(
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), DNS_PORT));
        }
        return DnsServerAddressStreamProviders.platformDefault();
    }

    private ResolvConf resolvConf() {
        ResolvConf present = resolvConf;
        if (present == null) {
            present = ResolvConf.read(ResolvConf.PATH);
            resolvConf = present;
        }
        return present;
    }

    @Override
    public void close() {
        if (dns != null) {
            dns.close();
        }
    }
}
