package io.weir.net.turn;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Asks a host for TLS when the connection stands, and tells those behind it that it does when the host agrees: so that
 * who secures it begins then. It leaves with the answer: what comes behind that is TLS, or nothing. Otherwise those
 * behind it hear of a {@link TurnFailure}. For one connection.
 */
public final class Turning extends ChannelInboundHandlerAdapter {
    private final TlsTurn turn;
    private boolean answered;

    public Turning(TlsTurn turn) {
        this.turn = turn;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.writeAndFlush(turn.question());
        context.read(); // one that reads by itself does so anyway
    }

    /** The answer is looked at with all that came along with it: in the clear nothing may stand behind it. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (answered || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        answered = true;
        String refusal = turn.refusal(bytes);
        bytes.release();
        if (refusal == null) {
            context.fireChannelActive();
            context.pipeline().remove(this);
        } else {
            context.fireExceptionCaught(new TurnFailure(refusal));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!answered) {
            context.read();
        }
    }
}
