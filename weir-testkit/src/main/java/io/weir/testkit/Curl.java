package io.weir.testkit;

import io.weir.testkit.Certificates.Issued;
import java.util.ArrayList;
import java.util.List;

/**
 * The machine's own curl over TLS, with names whose address it is told, and certificates that it checks. Any thread.
 */
public final class Curl {
    private static final String SECONDS_MAX = "20";

    private final Certificates believed;
    private final int port;

    /**
     * @param believed
     *            whose authority it believes
     * @param port
     *            where on 127.0.0.1 all names are
     */
    public Curl(Certificates believed, int port) {
        this.believed = believed;
        this.port = port;
    }

    /** Its words for who it is. */
    public static String[] by(Issued client) {
        return new String[]{"--cert", client.chain().toString(), "--key", client.key().toString()};
    }

    /** What it says of {@code https://host/path}: the answer with its head, or why there is none. */
    public String answer(String host, String path, String... words) {
        return said(List.of("-sS", "-i"), host, path, words);
    }

    /** The status; {@code 000} where there was no answer. */
    public String status(String host, String path, String... words) {
        return said(List.of("-s", "-o", "/dev/null", "-w", "%{http_code}"), host, path, words);
    }

    private String said(List<String> how, String host, String path, String... words) {
        List<String> command = new ArrayList<>(List.of(Peers.require("curl").toString()));
        command.addAll(how);
        command.addAll(List.of("--max-time", SECONDS_MAX, "--cacert", believed.authority().toString(), "--connect-to",
                host + ":443:127.0.0.1:" + port));
        command.addAll(List.of(words));
        command.add("https://" + host + path);
        return Program.run(command).said();
    }
}
