package io.weir.stream.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.weir.core.stats.Counter;
import io.weir.net.turn.TlsTurn;
import io.weir.stream.client.Refusal;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * What a host says to an SSLRequest: one byte. Source: PostgreSQL 17, section 53.2.10, SSL Session Encryption. Any
 * worker.
 *
 * @param success
 *            counts hosts that were asked, and whose connections are secured
 * @param failure
 *            counts those that were not
 */
record HostAnswer(Counter success, Counter failure) implements TlsTurn {
    static final byte AGREED = 'S';
    private static final byte DECLINED = 'N';
    private static final byte ERROR = 'E';

    @Override
    public ByteBuf question() {
        return Unpooled.buffer(FirstWords.BYTES).writeInt(FirstWords.BYTES).writeInt(FirstWords.TLS_CODE);
    }

    /**
     * Who stands in between could say more behind the agreement, and it would be taken for the host's own when the rest
     * is secured (CVE-2021-23222). An error's text is not shown either: nobody knows yet whose it is (CVE-2024-10977).
     */
    @Override
    public @Nullable String refusal(ByteBuf answer) {
        return switch (answer.getByte(answer.readerIndex())) {
            case AGREED -> answer.readableBytes() == 1
                    ? null
                    : "the host agrees to TLS, and says more in the clear behind that";
            case DECLINED -> "the host declines TLS";
            case ERROR -> "the host answers with an error instead of agreeing to TLS";
            default -> "the host does not answer in the words of PostgreSQL";
        };
    }

    @Override
    public void secured() {
        success.increment();
    }

    @Override
    public void failed() {
        failure.increment();
    }

    /**
     * Looks at the answer to a client's own SSLRequest, which has been passed on: where the host does not agree, the
     * client would go on in the clear. Leaves with it. Only refusals are counted: who agrees is secured by the client,
     * and whether that succeeds is not seen here.
     */
    final class Looking extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (!(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
                context.write(message, promise);
            } else if (bytes.getByte(bytes.readerIndex()) == AGREED) {
                context.write(message, promise);
                context.pipeline().remove(this);
            } else {
                bytes.release();
                promise.tryFailure(new ClosedChannelException());
                failed();
                Refusal.note(context.channel(), "postgres_host_without_tls");
                context.close();
            }
        }
    }
}
