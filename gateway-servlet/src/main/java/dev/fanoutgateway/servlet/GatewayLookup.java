package dev.fanoutgateway.servlet;

import dev.fanoutgateway.FanoutGateway;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the gateway of a filter that web.xml declares, and reads its init-params. */
final class GatewayLookup {
    private static final String FACTORY = "gateway-factory";
    private static final String BLOCKING = "blocking";

    private GatewayLookup() {}

    static boolean hasFactory(FilterConfig config) {
        return config.getInitParameter(FACTORY) != null;
    }

    static boolean blocking(FilterConfig config) throws ServletException {
        String value = config.getInitParameter(BLOCKING);
        if (value == null || value.equals("false")) {
            return false;
        }
        if (!value.equals("true")) {
            throw new ServletException("expected init-param " + BLOCKING + " of filter '" + config.getFilterName()
                    + "' to be true or false, got '" + value + "'");
        }
        return true;
    }

    static FanoutGateway find(FilterConfig config) throws ServletException {
        String factory = config.getInitParameter(FACTORY);
        if (factory != null) {
            return make(factory, config);
        }
        Object attribute = config.getServletContext().getAttribute(GatewayFilter.GATEWAY);
        if (attribute instanceof FanoutGateway gateway) {
            return gateway;
        }
        throw new ServletException("expected filter '" + config.getFilterName() + "' to have an init-param " + FACTORY
                + " or the ServletContext an attribute " + GatewayFilter.GATEWAY + ", found "
                + (attribute == null ? "neither" : "one of " + attribute.getClass()));
    }

    private static FanoutGateway make(String factory, FilterConfig config) throws ServletException {
        Object made;
        try {
            made = Class.forName(factory, true, loaderOf(config))
                    .asSubclass(Supplier.class)
                    .getConstructor()
                    .newInstance()
                    .get();
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            throw failed(
                    factory,
                    config,
                    "cannot be made: it must be a public class that implements Supplier,"
                            + " with a public constructor without arguments",
                    e);
        } catch (RuntimeException e) {
            throw failed(factory, config, "failed", e);
        }
        if (made instanceof FanoutGateway gateway) {
            return gateway;
        }
        throw failed(factory, config, "gave " + (made == null ? "null" : made.getClass()) + " and no gateway", null);
    }

    /** An embedded container may have no class loader of its own for the application. */
    private static @Nullable ClassLoader loaderOf(FilterConfig config) {
        ClassLoader loader = config.getServletContext().getClassLoader();
        return loader == null ? GatewayFilter.class.getClassLoader() : loader;
    }

    private static ServletException failed(String factory, FilterConfig config, String how, @Nullable Throwable cause) {
        return new ServletException(
                "init-param " + FACTORY + " of filter '" + config.getFilterName() + "': " + factory + ' ' + how, cause);
    }
}
