package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program of classic BPF (linux/filter.h) that has a listening TCP socket hear no SYN any more: no connection begins
 * between the last that is accepted and the close, where the kernel would reset it. Whoever asks in that moment asks
 * again a second later (RFC 6298 section 2.1), and is refused, or taken by who listens there then.
 */
final class SynFilter {
    private static final Logger LOG = LoggerFactory.getLogger(SynFilter.class);
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_DETACH_FILTER = 27;
    private static final int LOAD_OCTET = 0x30; // BPF_LD | BPF_B | BPF_ABS
    private static final int JUMP_IF_ANY = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    private static final int RETURN = 0x06; // BPF_RET | BPF_K
    /** Where the flags of a TCP header are, RFC 9293 section 3.1: what a filter of a TCP socket sees begins with it. */
    private static final int FLAGS_AT = 13;
    private static final int SYN = 0x02;
    private static final int INSTRUCTION_BYTES = 8;
    private static final int INSTRUCTIONS = 4;
    /** struct sock_fprog: a short, padding, and an address. */
    private static final int PROGRAM_BYTES = 16;
    private static final int ADDRESS_AT = 8;
    private static final ChannelOption<ByteBuffer> ATTACH = new RawUnixChannelOption("SO_ATTACH_FILTER", SOL_SOCKET,
            SO_ATTACH_FILTER, PROGRAM_BYTES);
    private static final ChannelOption<Integer> DETACH = new IntegerUnixChannelOption("SO_DETACH_FILTER", SOL_SOCKET,
            SO_DETACH_FILTER);
    private static final ByteBuffer CODE = code();
    private static final ByteBuffer PROGRAM = ByteBuffer.allocateDirect(PROGRAM_BYTES).order(ByteOrder.nativeOrder())
            .putShort(0, (short) INSTRUCTIONS).putLong(ADDRESS_AT, Buffer.memoryAddress(CODE));

    private SynFilter() {}

    private static ByteBuffer code() {
        ByteBuffer code = ByteBuffer.allocateDirect(INSTRUCTIONS * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        instruction(code, LOAD_OCTET, 0, FLAGS_AT);
        instruction(code, JUMP_IF_ANY, 1, SYN); // not so: over the next one
        instruction(code, RETURN, 0, 0);
        instruction(code, RETURN, 0, -1);
        return code;
    }

    private static void instruction(ByteBuffer code, int operation, int otherwise, int operand) {
        code.putShort((short) operation).put((byte) 0).put((byte) otherwise).putInt(operand);
    }

    /**
     * Has it hear no SYN. Its loop.
     *
     * @throws ChannelException
     *             when the system refuses
     */
    static void attach(Channel socket) {
        socket.config().setOption(ATTACH, PROGRAM.duplicate().order(ByteOrder.nativeOrder()));
    }

    /** Has it hear SYNs again. One that has no filter, or is closed by its peer, stays as it is. */
    static void detach(Channel socket) {
        try {
            socket.config().setOption(DETACH, 0);
        } catch (ChannelException e) {
            LOG.debug("{} has no filter that could be taken away", socket, e);
        }
    }
}
