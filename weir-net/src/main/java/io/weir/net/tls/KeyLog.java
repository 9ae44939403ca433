package io.weir.net.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSLContext;
import io.weir.core.chain.Prefix;
import io.weir.core.stats.Counter;
import io.weir.core.tls.CommonTls;
import io.weir.net.sniff.Greeting;
import io.weir.net.transport.OriginalDestination;
import java.io.IOException;
import java.lang.reflect.InaccessibleObjectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which connections of one context have their secrets written down: those that it follows, and whose addresses are in
 * the ranges. The library names a connection by its pointer only. Any worker.
 */
final class KeyLog {
    private final CommonTls.KeyLog spec;
    private final KeyLogFile file;
    private final Map<Long, Followed> followed = new ConcurrentHashMap<>();

    /** A connection, and who counts its lines that are not written. */
    private record Followed(Channel channel, Counter dropped) {
    }

    private KeyLog(CommonTls.KeyLog spec, KeyLogFile file) {
        this.spec = spec;
        this.file = file;
    }

    /**
     * Opens the file, if one is told. Waits for it.
     *
     * @return null: nothing is to be written
     * @throws TlsFailure
     *             when it cannot be written to
     */
    static @Nullable KeyLog open(CommonTls common) throws TlsFailure {
        CommonTls.KeyLog spec = common.keyLog();
        if (spec == null) {
            return null;
        }
        try {
            return new KeyLog(spec, KeyLogFile.open(spec.path()));
        } catch (IOException | IllegalArgumentException e) {
            throw new TlsFailure(Contexts.COMMON + ".key_log.path", spec.path(),
                    "secrets cannot be written to this file: " + e,
                    "name a regular file in a directory that Weir may write"
                            + " to, or remove key_log");
        }
    }

    /** From now on this context tells of the secrets of its connections. */
    void listenTo(ReferenceCountedOpenSslContext context) throws TlsFailure {
        try {
            SSLContext.setKeyLogCallback(Contexts.pointer(context), this::told);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new TlsFailure(Contexts.COMMON + ".key_log", spec.path(),
                    "this Netty does not let secrets be written: " + e, "remove key_log");
        }
    }

    /**
     * A connection is made. It is forgotten when its channel closes, which is before the library's part of it is let go
     * and its pointer may become another's.
     */
    void follow(ReferenceCountedOpenSslEngine engine, Channel channel, TlsStats stats) {
        Long pointer = engine.sslPointer();
        var one = new Followed(channel, stats.keyLogDropped());
        followed.put(pointer, one);
        channel.closeFuture().addListener(_ -> followed.remove(pointer, one));
    }

    /** Called by the library in the middle of a handshake, on the connection's worker. */
    private void told(long pointer, byte[] line) {
        Followed one = followed.get(pointer);
        if (one != null && in(spec.localRanges(), OriginalDestination.localAddress(one.channel))
                && in(spec.remoteRanges(), Greeting.remoteAddress(one.channel))) {
            file.write(line, one.dropped);
        }
    }

    private static boolean in(List<Prefix> ranges, @Nullable SocketAddress address) {
        if (ranges.isEmpty()) {
            return true;
        }
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            for (Prefix range : ranges) {
                if (range.contains(inet.getAddress())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How many connections are followed. */
    int followed() {
        return followed.size();
    }

    /** What is still said by its contexts is written down no more. Once. */
    void release() {
        file.release();
    }
}
