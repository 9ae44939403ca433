package io.weir.xds.shortform;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;

import org.jspecify.annotations.Nullable;

/** What a route does: forward, redirect or respond. */
final class Actions {

    private static final List<String> WAYS = List.of("to", "redirect", "respond");
    private static final List<String> FORWARD_ONLY = List.of("timeout", "retries", HedgeForm.KEY, "rewrite",
            "request", BodyLimit.KEY);
    private static final String RETRY_ON = "connect-failure,refused-stream,reset-before-request,weir-reset-idempotent";
    /** The word that stands for the name under which the chosen endpoint is known. */
    private static final String ENDPOINT_HOST = "service";

    private final Targets targets;

    Actions(Targets targets) {
        this.targets = targets;
    }

    Targets targets() {
        return targets;
    }

    void put(Part part, Tree route) {
        List<String> given = WAYS.stream().filter(part::has).toList();
        if (given.size() > 1 || given.isEmpty() && part.hasOnly(Routes.KEYS)) {
            part.problem(given.isEmpty()
                    ? "nothing says what this route does"
                    : "a route does one thing, and here are " + String.join(" and ", given),
                    given.isEmpty()
                            ? "add to: SERVICE, redirect: URL or respond: { status: 200, body: TEXT }"
                            : "keep one of them");
        }
        Part to = part.part("to");
        Part redirect = part.part("redirect");
        Part respond = part.part("respond");
        if (to == null) {
            for (String key : FORWARD_ONLY) {
                Part unused = part.part(key);
                if (unused != null) {
                    unused.problem(key + " is for routes with \"to\"", "remove it");
                }
            }
        } else {
            route.put("route", forward(part, to));
            HedgeForm.put(part, route);
            headers(part, "request", route);
        }
        if (to == null && redirect != null) {
            route.put("redirect", redirect(redirect));
        } else if (to == null && respond != null) {
            route.put("direct_response", respond(respond));
        }
        headers(part, "response", route);
    }

    private Tree forward(Part part, Part to) {
        Tree action = new Tree(part.at());
        targets.put(to, action);
        action.putIf("timeout", part.duration("timeout"));
        Part retries = part.part("retries");
        if (retries != null) {
            action.put("retry_policy", retries(retries));
        }
        Part rewrite = part.part("rewrite");
        if (rewrite != null && rewrite.isMapping("rewrite", List.of("path", "host"))) {
            action.putIf("prefix_rewrite", rewrite.scalar("path"));
            Node host = rewrite.scalar("host");
            if (host instanceof Scalar scalar && scalar.text().equals(ENDPOINT_HOST)) {
                action.put("auto_host_rewrite", true);
            } else {
                action.putIf("host_rewrite_literal", host);
            }
        }
        return action;
    }

    private static Tree retries(Part part) {
        Tree policy = new Tree(part.at());
        if (!(part.node() instanceof Mapping)) {
            return policy.put("retry_on", RETRY_ON).putIf("num_retries", part.text() == null ? null : part.node());
        }
        part.isMapping("retries", List.of("times", "on", "timeout"));
        List<String> conditions = new ArrayList<>();
        for (Part on : part.items("on")) {
            String text = on.text();
            if (text != null) {
                conditions.add(text);
            }
        }
        policy.put("retry_on", conditions.isEmpty() ? RETRY_ON : String.join(",", conditions));
        policy.putIf("num_retries", part.scalar("times"));
        return policy.putIf("per_try_timeout", part.duration("timeout"));
    }

    private static Tree redirect(Part part) {
        Tree redirect = new Tree(part.at());
        if (part.node() instanceof Mapping) {
            part.isMapping("redirect", List.of("to", "status"));
            Part to = part.part("to");
            if (to == null) {
                part.problem("nothing says where the redirect goes", "add to: URL");
            } else {
                location(to, redirect);
            }
            Part status = part.part("status");
            String text = status == null ? null : status.text();
            if (status != null && text != null) {
                String code = switch (text) {
                    case "301" -> "MOVED_PERMANENTLY";
                    case "302" -> "FOUND";
                    case "303" -> "SEE_OTHER";
                    case "307" -> "TEMPORARY_REDIRECT";
                    case "308" -> "PERMANENT_REDIRECT";
                    default -> "";
                };
                if (code.isEmpty()) {
                    status.problem("this is no status of a redirect", "write 301, 302, 303, 307 or 308");
                } else {
                    redirect.put("response_code", Tree.text(status.at(), code));
                }
            }
        } else {
            location(part, redirect);
        }
        return redirect;
    }

    /** What the URL leaves out stays as it was asked for. */
    private static void location(Part part, Tree redirect) {
        String text = part.text();
        if (text == null) {
            return;
        }
        Position at = part.at();
        if (text.equals("https") || text.equals("https:") || text.equals("https://")) {
            redirect.put("https_redirect", true);
            return;
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            part.problem("this is no URL: " + e.getReason(), "write https://HOST/PATH, https://HOST, /PATH or https");
            return;
        }
        String scheme = uri.getScheme();
        String path = uri.getRawPath();
        if (uri.isOpaque() || scheme == null && uri.getRawAuthority() == null && !text.startsWith("/")) {
            part.problem("a redirect goes to a URL or a path", "write https://HOST/PATH, https://HOST, /PATH or https");
            return;
        }
        if (scheme != null) {
            redirect.put("scheme_redirect", Tree.text(at, scheme));
        }
        if (uri.getHost() != null) {
            redirect.put("host_redirect", Tree.text(at, uri.getHost()));
        }
        if (uri.getPort() >= 0) {
            redirect.put("port_redirect", Tree.number(at, uri.getPort()));
        }
        if (path != null && !path.isEmpty()) {
            String query = uri.getRawQuery();
            redirect.put("path_redirect", Tree.text(at, query == null ? path : path + "?" + query));
        }
    }

    private static Tree respond(Part part) {
        Tree response = new Tree(part.at());
        if (!(part.node() instanceof Mapping)) {
            return response.putIf("status", part.text() == null ? null : part.node());
        }
        part.isMapping("respond", List.of("status", "body"));
        Node status = part.scalar("status");
        response.put("status", status == null ? Tree.number(part.at(), 200) : status);
        Node body = part.scalar("body");
        if (body instanceof Scalar scalar) {
            response.put("body", new Tree(body.at()).put("inline_string", Tree.text(body.at(), scalar.text())));
        }
        return response;
    }

    /** {@code request:} and {@code response:} - headers to set, to add and to remove. */
    private static void headers(Part part, String side, Tree route) {
        Part edits = part.part(side);
        if (edits == null || !edits.isMapping(side, List.of("set", "add", "remove"))) {
            return;
        }
        var add = new ArrayList<Node>();
        edit(edits.part("set"), "OVERWRITE_IF_EXISTS_OR_ADD", add);
        edit(edits.part("add"), "APPEND_IF_EXISTS_OR_ADD", add);
        if (!add.isEmpty()) {
            route.put(side + "_headers_to_add", add);
        }
        Part remove = edits.part("remove");
        if (remove != null) {
            remove.items().forEach(Part::text);
            route.put(side + "_headers_to_remove", remove.node());
        }
    }

    private static void edit(@Nullable Part part, String action, List<Node> headers) {
        if (part == null) {
            return;
        }
        if (!(part.node() instanceof Mapping)) {
            part.problem("headers are a mapping of names to values", "write { NAME: VALUE }");
            return;
        }
        List<Entry> entries = part.entries();
        List<Part> values = part.named();
        for (int i = 0; i < entries.size(); i++) {
            String text = values.get(i).text();
            if (text != null) {
                Position at = entries.get(i).at();
                headers.add(new Tree(at)
                        .put("header", new Tree(at).put("key", entries.get(i).key()).put("value",
                                Tree.text(values.get(i).at(), text)))
                        .put("append_action", action).mapping());
            }
        }
    }
}
