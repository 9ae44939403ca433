package io.weir.http.server;

/** A request and its answer, as far as they take up memory. On its worker. */
interface Burden {
    /** How many bytes of both wait in Weir, for whomever. */
    long heldBytes();

    /**
     * Ends it, to be rid of these bytes: by an answer where none has begun, else by a reset.
     *
     * @return whether there was anything to end
     */
    boolean drop();
}
