package io.weir.discovery.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A DNS server that says what a test tells it to (RFC 1035 section 4), NXDOMAIN to everything else. */
final class ScriptedDns implements AutoCloseable {
    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;
    private static final int SERVFAIL = 2;
    private static final int NXDOMAIN = 3;

    private record Reply(int code, List<InetAddress> addresses, int ttlSeconds, boolean silent) {
    }

    private record Question(String name, int type) {
    }

    /** Every question that came, as {@code A name} or {@code AAAA name}. */
    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final DatagramSocket socket;

    ScriptedDns() {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("scripted-dns").start(this::serve);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** The name has these addresses, and no others. */
    void has(String name, int ttlSeconds, String... addresses) {
        List<InetAddress> all = Arrays.stream(addresses).map(InetAddress::ofLiteral).toList();
        replies.put(name, new Reply(0, all, ttlSeconds, false));
    }

    void doesNotExist(String name) {
        replies.put(name, new Reply(NXDOMAIN, List.of(), 0, false));
    }

    void fails(String name) {
        replies.put(name, new Reply(SERVFAIL, List.of(), 0, false));
    }

    void saysNothingOf(String name) {
        replies.put(name, new Reply(0, List.of(), 0, true));
    }

    long askedFor(String name) {
        return asked.stream().filter(question -> question.endsWith(" " + name)).count();
    }

    private void serve() {
        byte[] buffer = new byte[4096];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                ByteBuffer query = ByteBuffer.wrap(buffer, 0, packet.getLength()).slice();
                byte[] answer = answer(query);
                if (answer.length > 0) {
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private byte[] answer(ByteBuffer query) throws IOException {
        int id = query.getShort(0) & 0xffff;
        query.position(12);
        Question question = question(query);
        int questionEnd = query.position();
        asked.add((question.type == TYPE_A ? "A " : "AAAA ") + question.name);
        Reply reply = replies.getOrDefault(question.name, new Reply(NXDOMAIN, List.of(), 0, false));
        if (reply.silent) {
            return new byte[0];
        }
        List<InetAddress> fitting = reply.addresses.stream()
                .filter(address -> address.getAddress().length == (question.type == TYPE_A ? 4 : 16)).toList();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(id);
        out.writeShort(0x8180 | reply.code);
        out.writeShort(1);
        out.writeShort(fitting.size());
        out.writeInt(0);
        out.write(query.array(), query.arrayOffset() + 12, questionEnd - 12);
        for (InetAddress address : fitting) {
            out.writeShort(0xc00c);
            out.writeShort(question.type);
            out.writeShort(1);
            out.writeInt(reply.ttlSeconds);
            out.writeShort(address.getAddress().length);
            out.write(address.getAddress());
        }
        return bytes.toByteArray();
    }

    private static Question question(ByteBuffer query) {
        StringBuilder name = new StringBuilder();
        for (int length = query.get(); length > 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        int type = query.getShort();
        query.getShort();
        if (type != TYPE_A && type != TYPE_AAAA) {
            throw new IllegalStateException("unexpected question of type " + type);
        }
        return new Question(name.toString().toLowerCase(Locale.ROOT), type);
    }

    @Override
    public void close() {
        socket.close();
    }
}
