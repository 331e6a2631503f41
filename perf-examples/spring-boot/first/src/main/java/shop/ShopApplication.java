package shop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class ShopApplication {

    private final Products products;

    ShopApplication(Products products) {
        this.products = products;
    }

    public static void main(String[] arguments) {
        SpringApplication.run(ShopApplication.class, arguments);
    }

    @GetMapping("/products/{id}")
    public Product find(@PathVariable long id) {
        return products.find(id);
    }

    @PutMapping("/products/{id}")
    public void rename(@PathVariable long id, @RequestParam String name) {
        products.rename(id, name);
    }
}
