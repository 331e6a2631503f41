package io.perfkit.examples.clinic;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/owners")
public class OwnerController {

    private final OwnerService owners;

    OwnerController(OwnerService owners) {
        this.owners = owners;
    }

    @GetMapping
    public List<OwnerLine> list(@RequestParam(defaultValue = "0") int page) {
        return owners.list(page);
    }

    @GetMapping("/search")
    public List<OwnerLine> search(@RequestParam String text) {
        return owners.search(text);
    }

    @GetMapping("/{id}")
    public Owner find(@PathVariable long id) {
        return owners.find(id);
    }

    @PutMapping("/{id}/city")
    public Owner move(@PathVariable long id, @RequestParam String city) {
        return owners.move(id, city);
    }
}
