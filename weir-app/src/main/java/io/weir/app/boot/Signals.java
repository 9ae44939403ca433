package io.weir.app.boot;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Unix signals as tasks. The JVM's own answer to SIGTERM is its shutdown, during which a second SIGTERM is not heard;
 * Weir drains on the first and stops at once on the second, so it takes the signal itself. The class that offers this
 * is not part of Java's standard and is reached by name; where it is missing nothing is taken and the JVM's own answers
 * stay.
 */
final class Signals {
    private Signals() {}

    /**
     * Runs the task on the JVM's signal thread each time the signal (without SIG) arrives. False when it cannot be
     * taken.
     */
    static boolean on(String signal, Runnable task) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            InvocationHandler answer = (self, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    task.run();
                    yield self;
                }
                case "hashCode" -> System.identityHashCode(task);
                case "equals" -> arguments != null && isSame(self, arguments[0]);
                default -> "on SIG" + signal;
            };
            Object handler = Proxy.newProxyInstance(handlerType.getClassLoader(), new Class<?>[]{handlerType}, answer);
            signalType.getMethod("handle", signalType, handlerType).invoke(null,
                    signalType.getConstructor(String.class).newInstance(signal), handler);
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    @SuppressWarnings("ReferenceEquality") // a handler is equal to itself alone
    private static boolean isSame(Object self, Object other) {
        return self == other;
    }
}
