package io.weir.app.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command run in this process came to. */
record Cli(int status, String out, String err) {
    static Cli weir(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Cli(status, out.toString(), err.toString());
    }
}
