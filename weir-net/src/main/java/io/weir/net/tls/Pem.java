package io.weir.net.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a PEM text (RFC 7468; with the headers of RFC 1421, which older encrypted keys carry).
 *
 * @param label
 *            {@code CERTIFICATE} ...
 * @param headers
 *            by name; most blocks have none
 * @param der
 *            what is inside
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pem(String label, Map<String, String> headers, byte[] der) {
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");

    /**
     * All blocks of a text. What stands between them is for people.
     *
     * @param path
     *            where the text stands
     * @param name
     *            of its source
     * @throws TlsFailure
     *             when there is none, or one that has no end or is no Base64
     */
    static List<Pem> blocks(String text, String path, String name) throws TlsFailure {
        var blocks = new ArrayList<Pem>();
        Matcher begin = BEGIN.matcher(text);
        for (int at = 0; begin.find(at);) {
            String label = begin.group(1);
            String endLine = "-----END " + label + "-----";
            int end = text.indexOf(endLine, begin.end());
            if (end < 0) {
                throw new TlsFailure(path, name, "the block " + label + " has no end", "add the line " + endLine
                        + "; the file may have been cut off");
            }
            blocks.add(block(label, text.substring(begin.end(), end), path, name));
            at = end + endLine.length();
        }
        if (blocks.isEmpty()) {
            throw new TlsFailure(path, name, text.isBlank()
                    ? "it is empty"
                    : "this is no PEM: no line begins with -----BEGIN",
                    text.isBlank()
                            ? "write the PEM there"
                            : "convert it, with openssl x509 -inform DER or openssl pkey -inform DER");
        }
        return blocks;
    }

    private static Pem block(String label, String inside, String path, String name) throws TlsFailure {
        var headers = new LinkedHashMap<String, String>();
        var body = new StringBuilder();
        for (String line : inside.split("\\R", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0 && body.isEmpty()) {
                headers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            } else {
                body.append(line.strip());
            }
        }
        try {
            return new Pem(label, headers, Base64.getDecoder().decode(body.toString()));
        } catch (IllegalArgumentException e) {
            throw new TlsFailure(path, name, "the block " + label + " is no Base64: " + e.getMessage(),
                    "write the PEM again; characters of it have been lost or changed");
        }
    }
}
