package io.weir.http.route;

/** Which header names configuration may use. */
public final class HeaderNames {
    private HeaderNames() {}

    /**
     * Whether this is a token of RFC 9110 section 5.6.2.
     *
     * @param pseudo
     *            whether one leading colon is allowed
     */
    public static boolean valid(String name, boolean pseudo) {
        int from = pseudo && name.startsWith(":") ? 1 : 0;
        for (int i = from; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return name.length() > from;
    }

    /** Whether edits may not touch this field: pseudo fields, and {@code host}, which rewrites are for. */
    public static boolean reserved(String name) {
        return name.startsWith(":") || name.equalsIgnoreCase("host");
    }
}
