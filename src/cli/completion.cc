#include "cli/completion.h"

namespace srehub::cli {
namespace {

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// Single quotes for a shell.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += "'\\''";
    else out += c;
  }
  return out + "'";
}

// What may follow each command, as the arms of a `case` over the words so far.
std::string CaseArms(const std::vector<CommandWords>& commands) {
  std::string arms;
  for (const CommandWords& command : commands) {
    std::string words = Joined(command.subcommands);
    if (!command.options.empty()) words += (words.empty() ? "" : " ") + Joined(command.options);
    arms += "    " + Quoted(command.path) + ") words=" + Quoted(words) + " ;;\n";
  }
  return arms;
}

std::string Bash(const std::vector<CommandWords>& commands) {
  return "# bash completion of srehub: source <(srehub completion bash)\n"
         "_srehub() {\n"
         "  local path='' word words\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    [[ $word == -* ]] && break\n"
         "    case \"${path:+$path }$word\" in\n" +
         [&] {
           std::string known;
           for (const CommandWords& command : commands)
             if (!command.path.empty())
               known +=
                   "      " + Quoted(command.path) + ") path=" + Quoted(command.path) + " ;;\n";
           return known;
         }() +
         "    esac\n"
         "  done\n"
         "  case \"$path\" in\n" +
         CaseArms(commands) +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\n"
         "complete -o default -F _srehub srehub\n";
}

std::string Zsh(const std::vector<CommandWords>& commands) {
  return "#compdef srehub\n"
         "# zsh completion of srehub: source <(srehub completion zsh)\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         Bash(commands);
}

std::string Fish(const std::vector<CommandWords>& commands) {
  std::string out = "# fish completion of srehub: srehub completion fish | source\n";
  for (const CommandWords& command : commands) {
    const size_t space = command.path.find(' ');
    const std::string first = command.path.substr(0, space);
    std::string when = "__fish_use_subcommand";
    if (!command.path.empty()) when = "__fish_seen_subcommand_from " + first;
    if (space != std::string::npos)
      when += "; and __fish_seen_subcommand_from " + command.path.substr(space + 1);
    for (const CommandWords& child : commands) {
      const size_t cut = child.path.rfind(' ');
      const std::string parent = cut == std::string::npos ? "" : child.path.substr(0, cut);
      if (child.path.empty() || parent != command.path) continue;
      const std::string name = cut == std::string::npos ? child.path : child.path.substr(cut + 1);
      out += "complete -c srehub -n " + Quoted(when) + " -a " + Quoted(name) + " -d " +
             Quoted(child.help) + "\n";
    }
    for (const std::string& option : command.options)
      out += "complete -c srehub -n " + Quoted(when) + " -l " + Quoted(option.substr(2)) + "\n";
  }
  return out;
}

}  // namespace

std::string CompletionScript(std::string_view shell, const std::vector<CommandWords>& commands) {
  if (shell == "bash") return Bash(commands);
  if (shell == "zsh") return Zsh(commands);
  if (shell == "fish") return Fish(commands);
  return {};
}

}  // namespace srehub::cli
