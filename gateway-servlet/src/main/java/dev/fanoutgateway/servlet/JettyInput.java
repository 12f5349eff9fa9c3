package dev.fanoutgateway.servlet;

import jakarta.servlet.ServletInputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/**
 * Asks Jetty what the Servlet API has no word for: whether something of a request's content has come, be it only its end.
 * A request over HTTP/2 need not say how long its content is, nor that there is none. Stateless.
 */
final class JettyInput {
    /** By name, since there is one such class for each of Jetty's environments, and none in other containers. */
    private static final ClassValue<Optional<MethodHandle>> QUESTIONS = new ClassValue<>() {
        @Override
        protected Optional<MethodHandle> computeValue(Class<?> type) {
            try {
                MethodType asked = MethodType.methodType(boolean.class);
                MethodHandle found = MethodHandles.publicLookup().findVirtual(type, "hasContent", asked);
                return Optional.of(found.asType(MethodType.methodType(boolean.class, ServletInputStream.class)));
            } catch (NoSuchMethodException | IllegalAccessException e) {
                return Optional.empty();
            }
        }
    };

    private JettyInput() {}

    /** Whether {@code in} can be asked. */
    static boolean tells(ServletInputStream in) {
        return QUESTIONS.get(in.getClass()).isPresent();
    }

    /** Whether a read would not wait; false if {@code in} cannot be asked. */
    static boolean isThere(ServletInputStream in) {
        Optional<MethodHandle> question = QUESTIONS.get(in.getClass());
        try {
            return question.isPresent()
                    && (in.available() > 0 || (boolean) question.get().invokeExact(in));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            return true; // it has failed: so would the read
        }
    }
}
