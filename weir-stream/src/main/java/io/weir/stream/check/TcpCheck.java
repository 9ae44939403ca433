package io.weir.stream.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.health.CheckTarget;
import io.weir.net.check.Dialect;
import io.weir.net.check.Dialogue;
import io.weir.net.check.Expected;
import io.weir.net.introduce.Introduction;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A host is well when it accepts a connection and, where something is expected, sends it. Immutable.
 */
public final class TcpCheck implements Dialect {
    /** What is kept of an answer while it is searched: more than anybody would expect. */
    private static final int ANSWER_BYTES_MAX = 64 * 1024;

    private final byte[] send;
    private final Expected receive;
    private final int proxyVersion;

    /**
     * @param send
     *            what the host is sent first; empty: nothing
     * @param proxyVersion
     *            by which version of the PROXY protocol the host is told before it that the connection is Weir's own;
     *            0: by none
     */
    public TcpCheck(byte[] send, Expected receive, int proxyVersion) {
        this.send = send.clone();
        this.receive = receive;
        this.proxyVersion = proxyVersion;
    }

    @Override
    public String label() {
        return "TCP";
    }

    @Override
    public Dialogue dialogue(CheckTarget target) {
        return new Bytes();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TcpCheck check && Arrays.equals(send, check.send) && receive.equals(check.receive)
                && proxyVersion == check.proxyVersion;
    }

    @Override
    public int hashCode() {
        return (Arrays.hashCode(send) * 31 + receive.hashCode()) * 31 + proxyVersion;
    }

    private final class Bytes implements Dialogue {
        private ByteBuf answer = Unpooled.buffer(0);
        private Expected.Search search = receive.search();

        @Override
        public @Nullable CheckResult begin(boolean fresh, ByteBuf out) {
            if (fresh && proxyVersion != 0) {
                Introduction.ofWeir(proxyVersion, out);
            }
            out.writeBytes(send);
            answer = Unpooled.buffer(0);
            search = receive.search();
            return receive.nothing() ? new Passed(false) : null;
        }

        @Override
        public @Nullable CheckResult hears(ByteBuf in, ByteBuf out) {
            answer.writeBytes(in);
            if (search.in(answer)) {
                return new Passed(false);
            }
            return answer.readableBytes() > ANSWER_BYTES_MAX
                    ? Failed.of(Failure.ACTIVE, "the answer does not hold what is expected")
                    : null;
        }

        @Override
        public CheckResult closed() {
            return Failed.of(Failure.NETWORK, answer.isReadable()
                    ? "it closed the connection without having sent what is expected"
                    : "it closed the connection");
        }

        /** A connection that only had to stand is not worth a place at the host. */
        @Override
        public boolean reusable() {
            return !receive.nothing();
        }
    }
}
