package io.weir.bench.micro;

import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;

/** Requests that are read and written again and again. */
public enum Requests {
    /** The least that is a request. */
    WRK("""
            GET / HTTP/1.1
            Host: 127.0.0.1:8080

            """),
    /** Its path has a query, and so is another each time. */
    BROWSER("""
            GET /articles/2026/11/weirs-and-locks?from=front&page=2 HTTP/1.1
            Host: shop.example
            user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
            accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
            accept-language: en-GB,en;q=0.7,de;q=0.3
            accept-encoding: gzip, deflate, br, zstd
            referer: https://shop.example/front
            cookie: session=9d7a1c30a1f54b8c8f2c7d3f; theme=dark; seen=1,2,3,5,8,13
            upgrade-insecure-requests: 1
            sec-fetch-dest: document
            sec-fetch-mode: navigate
            sec-fetch-site: same-origin
            sec-fetch-user: ?1
            priority: u=0, i
            te: trailers

            """),
    /** A call of a method that is called all the time. */
    GRPC("""
            POST /grpc.testing.TestService/UnaryCall HTTP/1.1
            Host: shop.example:50051
            content-type: application/grpc
            te: trailers
            user-agent: grpc-java-netty/1.76.0
            grpc-accept-encoding: gzip
            transfer-encoding: chunked

            """);

    private final String text;

    Requests(String text) {
        this.text = text.replace("\n", "\r\n");
    }

    /** Its bytes, as a client of HTTP/1.1 sends them. */
    byte[] bytes() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Its head, read. */
    HttpHead head() {
        var head = new HttpHead();
        if (Http1HeadReader.requests(HeadLimits.DEFAULT).read(Unpooled.wrappedBuffer(bytes()),
                head) != Http1HeadReader.Result.COMPLETE) {
            throw new IllegalStateException("not a request");
        }
        return head;
    }
}
