package io.weir.net.tunnel;

import java.util.List;

/** Hears what a proxy says of a tunnel, beside the bytes in it. On the tunnel's worker. */
public interface TunnelAnswer {
    /** Nobody wants to hear it. */
    TunnelAnswer UNHEARD = new TunnelAnswer() {
        @Override
        public boolean wanted() {
            return false;
        }

        @Override
        public void head(int status, List<TunnelRequest.Field> fields) {
            // not wanted
        }

        @Override
        public void trailers(List<TunnelRequest.Field> fields) {
            // not wanted
        }
    };

    /** Whether fields need to be made for it at all. */
    boolean wanted();

    /** The proxy has answered, whether or not it agrees; names in lower case, in its order. */
    void head(int status, List<TunnelRequest.Field> fields);

    /** What stands behind the last byte that it sends. */
    void trailers(List<TunnelRequest.Field> fields);
}
