package dev.fanoutgateway;

/**
 * Where a gateway begins. The smallest one: {@code Gateway.builder().backends("http://a", "http://b").build()}.
 */
public final class Gateway {
    private Gateway() {}

    /** A builder without routes, keys and plans. */
    public static GatewayBuilder builder() {
        return new GatewayBuilder();
    }
}
