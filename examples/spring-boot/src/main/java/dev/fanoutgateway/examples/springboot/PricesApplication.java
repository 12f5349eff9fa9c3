package dev.fanoutgateway.examples.springboot;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.servlet.GatewayFilter;
import dev.fanoutgateway.spi.Limit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application with a page of its own, and the gateway before {@code /api}. */
@SpringBootApplication
@RestController
public class PricesApplication {
    public static void main(String[] args) {
        SpringApplication.run(PricesApplication.class, args);
    }

    /** Closed by Spring, which calls {@code close()} by itself. */
    @Bean
    FanoutGateway gateway(@Value("${prices.replicas}") String[] replicas) {
        return Gateway.builder()
                .backends(replicas)
                .route(Route.path("/api/**").build())
                .plan(Plan.of("basic").limit(Limit.perSecond(10)))
                .key("demo", "demo-key", "basic")
                .build();
    }

    @Bean
    FilterRegistrationBean<GatewayFilter> gatewayFilter(FanoutGateway gateway) {
        return new FilterRegistrationBean<>(new GatewayFilter(gateway));
    }

    /** What the application does by itself. */
    @GetMapping("/hello")
    public String hello() {
        return "hello";
    }
}
