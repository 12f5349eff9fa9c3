package dev.fanoutgateway.jwt;

import dev.fanoutgateway.Gateway;
import java.net.URI;

/** Run in a virtual machine of its own, without the library on the class path: says what works there. */
final class JwtWithoutNimbus {
    private JwtWithoutNimbus() {}

    public static void main(String[] args) {
        Gateway.builder()
                .backends("http://127.0.0.1:1")
                .key("demo", "demo-key", "any")
                .build()
                .close();
        System.out.println("keys work");
        try {
            Gateway.builder()
                    .backends("http://127.0.0.1:1")
                    .jwt(JwtRules.of("issuer", "audience")
                            .jwksUrl(URI.create("http://127.0.0.1:1/jwks"))
                            .defaultPlan("any")
                            .build())
                    .build()
                    .close();
            System.out.println("tokens work");
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }
}
