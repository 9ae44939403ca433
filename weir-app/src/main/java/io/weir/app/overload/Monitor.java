package io.weir.app.overload;

import java.io.IOException;

/** Measures one resource. Used by the conductor. */
@FunctionalInterface
interface Monitor {
    /**
     * How much of the resource is in use, as a share of its limit: from 0, perhaps above 1.
     *
     * @throws IOException
     *             when it cannot be measured this time; the pressure before stays
     */
    double pressure() throws IOException;
}
