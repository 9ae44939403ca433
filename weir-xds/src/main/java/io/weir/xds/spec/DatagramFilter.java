package io.weir.xds.spec;

/** What a reader makes of a listener filter that takes the datagrams of a listener, which has no connections. */
public interface DatagramFilter {}
