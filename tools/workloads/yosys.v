// yosys.v - a small processor, for a synthesis program
module alu(input [7:0] a, b, input [2:0] op, output reg [7:0] y, output zero);
  always @* case (op)
    0: y = a + b; 1: y = a - b; 2: y = a & b; 3: y = a | b;
    4: y = a ^ b; 5: y = a << b[2:0]; 6: y = a >> b[2:0]; default: y = ~a;
  endcase
  assign zero = y == 0;
endmodule
module cpu(input clk, rst, input [15:0] instr, output reg [7:0] pc, output [7:0] out);
  reg [7:0] r [0:3];
  wire [7:0] y; wire z;
  alu u(r[instr[1:0]], r[instr[3:2]], instr[6:4], y, z);
  assign out = r[0];
  always @(posedge clk)
    if (rst) pc <= 0;
    else begin
      pc <= instr[15] & z ? instr[14:7] : pc + 1;
      if (instr[14]) r[instr[1:0]] <= y; else r[instr[1:0]] <= instr[14:7];
    end
endmodule
