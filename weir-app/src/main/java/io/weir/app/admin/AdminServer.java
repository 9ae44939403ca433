package io.weir.app.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin's HTTP server: the JDK's own, on two threads of its own, so that nothing asked here waits for or delays
 * traffic. Bound first and answering later, since a taken address must stop a start before anything else is open.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 64;
    private static final int THREADS = 2;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS,
            Thread.ofPlatform().daemon().name("weir-admin-", 0).factory());

    private AdminServer(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
    }

    /** Binds; answers nothing yet. */
    public static AdminServer bind(InetSocketAddress address) throws IOException {
        // A request may take as long as a large dump takes to send, its head may not.
        if (System.getProperty("sun.net.httpserver.maxReqTime") == null) {
            System.setProperty("sun.net.httpserver.maxReqTime", "10");
        }
        return new AdminServer(HttpServer.create(address, BACKLOG));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Begins to answer. */
    public void serve(Administered weir) {
        Endpoints endpoints = new Endpoints(weir);
        server.createContext("/", exchange -> {
            try (exchange) {
                send(exchange, answer(endpoints, exchange));
            } catch (RuntimeException e) {
                LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
            }
        });
        server.start();
    }

    private static Answer answer(Endpoints endpoints, HttpExchange exchange) {
        Endpoints.Page page = endpoints.page(exchange.getRequestURI().getPath());
        if (page == null) {
            return Answer.text(404, "no such page; GET /help lists them\n");
        }
        String method = exchange.getRequestMethod();
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (page.changes() ? !method.equals("POST") : !reads) {
            exchange.getResponseHeaders().set("Allow", page.changes() ? "POST" : "GET, HEAD");
            return Answer.text(405, "Method " + method + " not allowed, " + (page.changes() ? "POST" : "GET")
                    + " required.\n");
        }
        return page.answer().apply(Query.of(exchange.getRequestURI().getRawQuery()));
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.getResponseHeaders().set("Cache-Control", "no-cache, max-age=0");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Stops answering at once. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
