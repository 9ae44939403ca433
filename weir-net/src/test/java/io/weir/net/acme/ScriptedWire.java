package io.weir.net.acme;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An authority that misbehaves as a test wants: answers by the path, one after another, the last again and again. */
final class ScriptedWire implements Wire {
    static final String DIRECTORY = "https://authority.example/dir";

    /** Every signed request: its path, and what it protects. */
    final List<Map.Entry<String, Members>> posts = new ArrayList<>();
    /** What was said in each, in the same order; empty where it was nothing. */
    private final List<String> payloads = new ArrayList<>();
    private final Map<String, Deque<Reply>> answers = new HashMap<>();
    private int nonces;
    boolean unreachable;

    ScriptedWire() {
        on("/dir", 200, """
                {"newNonce": "https://authority.example/nonce", "newAccount": "https://authority.example/account",
                 "newOrder": "https://authority.example/order",
                 "meta": {"termsOfService": "https://authority.example/terms"}}""");
        on("/account", new Reply(201, Map.of("location", "https://authority.example/account/7"), "{}"));
    }

    /** The authority says when it would like certificates to be renewed, and what they replace (RFC 9773). */
    ScriptedWire withRenewalInfo() {
        answers.remove("/dir");
        return on("/dir", 200, """
                {"newNonce": "https://authority.example/nonce", "newAccount": "https://authority.example/account",
                 "newOrder": "https://authority.example/order", "renewalInfo": "https://authority.example/ari"}""");
    }

    /** What was said to a path. */
    List<Members> said(String path) throws AcmeFailure {
        List<Members> said = new ArrayList<>();
        for (int i = 0; i < posts.size(); i++) {
            if (posts.get(i).getKey().equals(path)) {
                said.add(Members.of("what was said", payloads.get(i)));
            }
        }
        return said;
    }

    ScriptedWire on(String path, int status, String text) {
        return on(path, new Reply(status, Map.of(), text));
    }

    ScriptedWire on(String path, Reply reply) {
        answers.computeIfAbsent(path, _ -> new ArrayDeque<>()).add(reply);
        return this;
    }

    private Reply next(URI url) throws IOException {
        if (unreachable) {
            throw new IOException("the authority cannot be reached");
        }
        Deque<Reply> waiting = answers.get(url.getPath());
        if (waiting == null) {
            return new Reply(404, Map.of(), "");
        }
        return waiting.size() > 1 ? waiting.removeFirst() : waiting.getFirst();
    }

    @Override
    public Reply ask(URI url) throws IOException {
        return next(url);
    }

    @Override
    public Reply head(URI url) throws IOException {
        next(url);
        return new Reply(200, Map.of("replay-nonce", "n" + nonces++), "");
    }

    @Override
    public Reply post(URI url, String body) throws IOException {
        try {
            Members jws = Members.of("the request", body);
            payloads.add(new String(java.util.Base64.getUrlDecoder().decode(jws.text("payload", "")),
                    java.nio.charset.StandardCharsets.UTF_8));
            posts.add(Map.entry(url.getPath(), Members.of("the header", new String(
                    java.util.Base64.getUrlDecoder().decode(jws.text("protected")),
                    java.nio.charset.StandardCharsets.UTF_8))));
        } catch (AcmeFailure e) {
            throw new IOException(e);
        }
        Reply reply = next(url);
        var headers = new HashMap<>(reply.headers());
        headers.put("replay-nonce", "n" + nonces++);
        return new Reply(reply.status(), headers, reply.text());
    }

    @Override
    public void close() {
        // nothing is held
    }
}
