package io.weir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the machine's own nginx with a configuration of the test's. */
public final class Nginx {
    private Nginx() {}

    /**
     * One nginx with a single worker.
     *
     * @param http
     *            what stands inside {@code http { }}
     * @param ports
     *            the ports it listens on, waited for
     */
    public static PeerProcess http(String http, int... ports) {
        return start("", "http {\n access_log off;\n default_type text/plain;\n" + http + "\n}\n", List.of(), ports);
    }

    /** One nginx that answers every request on the port with 200 and this body, on connections that are kept alive. */
    public static PeerProcess answering(int port, String body) {
        return http("server { listen 127.0.0.1:" + port + " backlog=4096; keepalive_requests 100000000;\n"
                + " location / { return 200 \"" + body + "\"; } }", port);
    }

    /**
     * One nginx.
     *
     * @param modules
     *            {@code load_module} lines, or nothing
     * @param main
     *            what stands below {@code events { }}: {@code http} and {@code stream} blocks
     * @param launcher
     *            put before the command, such as {@code taskset -c 0}
     */
    public static PeerProcess start(String modules, String main, List<String> launcher, int... ports) {
        String program = Peers.require("nginx").toString();
        Path folder = PeerProcess.folder("nginx");
        String text = modules + """
                worker_processes 1;
                daemon off;
                master_process on;
                user root;
                pid nginx.pid;
                worker_rlimit_nofile 40000;
                error_log stderr warn;
                events { worker_connections 20000; }
                """ + withTemporaryFolders(main);
        try {
            Files.writeString(folder.resolve("nginx.conf"), text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(program, "-e", "stderr", "-p", folder.toString(), "-c", folder + "/nginx.conf"));
        return PeerProcess.start("nginx", folder, command, ports);
    }

    private static String withTemporaryFolders(String main) {
        return main.replaceFirst("http \\{", """
                http {
                 client_body_temp_path body;
                 proxy_temp_path proxy;
                 fastcgi_temp_path fastcgi;
                 uwsgi_temp_path uwsgi;
                 scgi_temp_path scgi;
                """);
    }
}
