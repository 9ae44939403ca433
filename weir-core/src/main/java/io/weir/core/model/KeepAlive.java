package io.weir.core.model;

/** TCP keep-alive of upstream connections; 0 leaves a value to the operating system. */
public record KeepAlive(int probes, int timeSeconds, int intervalSeconds) {
}
